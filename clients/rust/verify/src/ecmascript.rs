//! How ECMAScript writes a double: Number::toString of ECMA-262.

pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned(); // of -0 too
    }
    // The fewest digits that read back as the same double, the nearest to it of those: Rust and ECMAScript agree on which these are, not on where the point goes.
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let count = i32::try_from(digits.len()).unwrap_or_default();
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let point = exponent + 1; // where the decimal point stands, counted from before the first digit
    let sign = if value < 0.0 { "-" } else { "" };
    let written = if count <= point && point <= 21 {
        format!("{digits}{}", zeros(point - count))
    } else if 0 < point && point <= 21 {
        let (whole, fraction) = digits.split_at_checked(point.unsigned_abs() as usize).unwrap_or((&digits, ""));
        format!("{whole}.{fraction}")
    } else if -6 < point && point <= 0 {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{exponent_sign}{}", exponent.abs())
    };
    format!("{sign}{written}")
}

fn zeros(count: i32) -> String {
    "0".repeat(usize::try_from(count).unwrap_or_default())
}
