//! The scalars of JSON: strings, numbers, and what stands between them.

use crate::json::parse::Unreadable;

pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub fn advance(&mut self) {
        self.at += 1;
    }

    pub fn wrong(&self, what: &'static str) -> Unreadable {
        Unreadable::Syntax { at: self.at, what }
    }

    pub fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), Unreadable> {
        if self.peek() != Some(byte) {
            return Err(self.wrong(what));
        }
        self.advance();
        Ok(())
    }

    pub fn take(&mut self, word: &str) -> bool {
        let there = self.rest().starts_with(word);
        if there {
            self.at += word.len();
        }
        there
    }

    pub fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.advance();
        }
    }

    /// `None` if it holds a lone surrogate, which no `String` can.
    pub fn string(&mut self) -> Result<Option<String>, Unreadable> {
        self.expect(b'"', "no string")?;
        let mut text = String::new();
        let mut lone = false;
        // The first half of a pair, whose second half has to follow at once.
        let mut high: Option<u16> = None;
        loop {
            let plain = self.rest().bytes().take_while(|&byte| byte != b'"' && byte != b'\\' && byte >= 0x20).count();
            if plain > 0 {
                lone |= high.take().is_some();
                text.push_str(self.rest().get(..plain).unwrap_or_default());
                self.at += plain;
            }
            match self.peek() {
                Some(b'"') => break self.advance(),
                Some(b'\\') => self.advance(),
                Some(_) => return Err(self.wrong("a control character in a string")),
                None => return Err(self.wrong("a string without an end")),
            }
            let unit = self.escaped()?;
            let pair: Vec<u16> = high.take().into_iter().chain([unit]).collect();
            if pair.len() == 1 && (0xd800..0xdc00).contains(&unit) {
                high = Some(unit);
                continue;
            }
            match String::from_utf16(&pair) {
                Ok(decoded) => text.push_str(&decoded),
                Err(_) => {
                    lone = true;
                    high = Some(unit).filter(|unit| (0xd800..0xdc00).contains(unit));
                }
            }
        }
        Ok(Some(text).filter(|_| !lone && high.is_none()))
    }

    /// What stands behind a backslash, as a UTF-16 code unit.
    fn escaped(&mut self) -> Result<u16, Unreadable> {
        let unit = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => u16::from(byte),
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => 0x0a,
            Some(b'r') => 0x0d,
            Some(b't') => 0x09,
            Some(b'u') => {
                let digits = self.rest().get(1..5).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or(self.wrong("no four hexadecimal digits behind \\u"))?;
                self.at += 4;
                unit
            }
            _ => return Err(self.wrong("no such escape")),
        };
        self.advance();
        Ok(unit)
    }

    /// The nearest double; `None` if that is infinite.
    pub fn number(&mut self) -> Result<Option<f64>, Unreadable> {
        let start = self.at;
        self.take("-");
        if !self.take("0") {
            self.digits()?;
        }
        if self.take(".") {
            self.digits()?;
        }
        if self.take("e") || self.take("E") {
            let _signed = self.take("+") || self.take("-");
            self.digits()?;
        }
        let number: f64 = self.text.get(start..self.at).and_then(|text| text.parse().ok()).ok_or(self.wrong("no number"))?;
        Ok(Some(number).filter(|number| number.is_finite()))
    }

    fn digits(&mut self) -> Result<(), Unreadable> {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Err(self.wrong("no digit in a number where one has to be"));
        }
        self.at += count;
        Ok(())
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
}
