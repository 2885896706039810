//! How ECMAScript writes a double: Number::toString of ECMA-262.

/// Of two nearest writings of the fewest digits ECMAScript takes the one whose last digit is even; Rust's own formatting does not.
pub fn number(value: f64) -> String {
    ryu_js::Buffer::new().format(value).to_owned()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn writes_what_rfc_8785_lists() {
        let listed: [(u64, &str); 22] = [
            (0x0000000000000000, "0"),
            (0x8000000000000000, "0"),
            (0x0000000000000001, "5e-324"),
            (0x8000000000000001, "-5e-324"),
            (0x7fefffffffffffff, "1.7976931348623157e+308"),
            (0xffefffffffffffff, "-1.7976931348623157e+308"),
            (0x4340000000000000, "9007199254740992"),
            (0xc340000000000000, "-9007199254740992"),
            (0x4430000000000000, "295147905179352830000"),
            (0x44b52d02c7e14af5, "9.999999999999997e+22"),
            (0x44b52d02c7e14af6, "1e+23"),
            (0x44b52d02c7e14af7, "1.0000000000000001e+23"),
            (0x444b1ae4d6e2ef4e, "999999999999999700000"),
            (0x444b1ae4d6e2ef4f, "999999999999999900000"),
            (0x444b1ae4d6e2ef50, "1e+21"),
            (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"),
            (0x3eb0c6f7a0b5ed8d, "0.000001"),
            (0x41b3de4355555553, "333333333.3333332"),
            (0x41b3de4355555554, "333333333.33333325"),
            (0x41b3de4355555555, "333333333.3333333"),
            (0xbecbf647612f3696, "-0.0000033333333333333333"),
            (0x43143ff3c1cb0959, "1424953923781206.2"),
        ];
        for (bits, text) in listed {
            assert_eq!(number(f64::from_bits(bits)), text);
        }
    }

    #[test]
    fn reads_back_as_the_same_double() {
        let mut random = fastrand::Rng::with_seed(1);
        let doubles = std::iter::repeat_with(|| f64::from_bits(random.u64(..))).filter(|double| double.is_finite() && *double != 0.0);
        for double in doubles.take(100_000) {
            assert_eq!(number(double).parse(), Ok(double));
        }
    }
}
