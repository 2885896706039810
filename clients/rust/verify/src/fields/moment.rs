//! Times, in whole milliseconds since 1970 UTC.

pub type Moment = i64;

/// `YYYY-MM-DDThh:mm:ssZ` or `YYYY-MM-DDThh:mm:ss.mmmZ`, where the milliseconds are not 000.
pub fn read_moment(text: &str) -> Option<Moment> {
    let text = text.strip_suffix('Z')?;
    let (date, time) = text.split_once('T')?;
    let (time, milliseconds) = match time.split_once('.') {
        Some((time, fraction)) => (time, number(fraction, 3).filter(|&milliseconds| milliseconds > 0)?),
        None => (time, 0),
    };
    let [year, month, day] = three(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = three(time, ':', [2, 2, 2])?;
    let exists = year >= 1 && (1..=12).contains(&month) && day >= 1 && day <= days_of_month(year, month) && hour <= 23 && minute <= 59 && second <= 59;
    exists.then(|| (((days_before(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + milliseconds)
}

fn three(text: &str, separator: char, digits: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let [first, second, third] = digits;
    let read = [number(parts.next()?, first)?, number(parts.next()?, second)?, number(parts.next()?, third)?];
    parts.next().is_none().then_some(read)
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let well_written = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if well_written { text.parse().ok() } else { None }
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the date, by the Gregorian calendar throughout.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let years = year - 1;
    let before_year = years * 365 + years / 4 - years / 100 + years / 400;
    let before_month: i64 = (1..month).map(|month| days_of_month(year, month)).sum();
    before_year + before_month + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::read_moment;

    #[test]
    fn reads_times_as_protojson_writes_them() {
        assert_eq!(read_moment("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(read_moment("2026-11-25T10:30:00.001Z"), Some(1_795_602_600_001));
        assert_eq!(read_moment("2000-02-29T23:59:59.999Z"), Some(951_868_799_999));
        assert_eq!(read_moment("0001-01-01T00:00:00Z"), Some(-62_135_596_800_000));
        assert_eq!(read_moment("9999-12-31T23:59:59.999Z"), Some(253_402_300_799_999));
    }

    #[test]
    fn takes_no_other_writing_and_no_date_that_does_not_exist() {
        let texts = [
            "",
            "Z",
            "T",
            "2026-11-25T10:30:00",
            "2026-11-25T10:30:00.000Z",
            "2026-11-25T10:30:00.1Z",
            "2026-11-25T10:30:00.0001Z",
            "2026-11-25T10:30:00.Z",
            "2026-11-25T10:30:00+00:00",
            "2026-11-25t10:30:00z",
            "2026-11-25 10:30:00Z",
            "2026-11-25T10:30Z",
            "2026-11-25T24:00:00Z",
            "2026-11-25T10:60:00Z",
            "2026-11-25T10:30:60Z",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "+026-11-25T10:30:00Z",
            "2026-11-25T10:30:-1Z",
            "2026-11-25-01T10:30:00Z",
            "２０２６-11-25T10:30:00Z",
        ];
        for text in texts {
            assert_eq!(read_moment(text), None, "{text}");
        }
    }
}
