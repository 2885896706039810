//! Reads JSON (RFC 8259) to the letter, within the limits of a package.

use std::fmt;

use crate::json::scan::Scanner;
use crate::json::value::{Object, Value, utf16_order};

/// Nesting, the outermost value being 1 deep.
pub const MAX_DEPTH: usize = 64;
/// Characters `{`, `[` and `,` outside strings.
pub const MAX_TOKENS: usize = 2_000_000;

/// What to make of a name that stands more than once in an object.
#[derive(Clone, Copy, PartialEq)]
pub enum Repeated {
    /// The last one counts; the others are no part of the value.
    LastCounts,
    Refused,
}

#[derive(Debug, PartialEq)]
pub enum Unreadable {
    NotUtf8,
    Syntax {
        at: usize,
        what: &'static str,
    },
    /// A lone surrogate, or a number that is infinite as a double.
    NoCanonicalForm,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::NotUtf8 => out.write_str("it is not UTF-8"),
            Unreadable::Syntax { at, what } => write!(out, "{what}, at byte {at}"),
            Unreadable::NoCanonicalForm => out.write_str("it has no canonical form: it holds a lone surrogate or an infinite number"),
        }
    }
}

pub fn parse(bytes: &[u8], repeated: Repeated) -> Result<Value, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::NotUtf8)?;
    let mut parser = Parser { scanner: Scanner::new(text), repeated, tokens: 0 };
    let value = parser.value(1)?;
    parser.scanner.skip_space();
    if parser.scanner.peek().is_some() {
        return Err(parser.scanner.wrong("something follows the value"));
    }
    value.ok_or(Unreadable::NoCanonicalForm)
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    repeated: Repeated,
    tokens: usize,
}

/// `None` is a value without a canonical form. That is no error yet: a later member of the same name may take its place.
type Read = Result<Option<Value>, Unreadable>;

impl Parser<'_> {
    fn value(&mut self, depth: usize) -> Read {
        self.scanner.skip_space();
        match self.scanner.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(self.scanner.string()?.map(Value::String)),
            Some(b'-' | b'0'..=b'9') => Ok(self.scanner.number()?.map(Value::Number)),
            _ if self.scanner.take("true") => Ok(Some(Value::Bool(true))),
            _ if self.scanner.take("false") => Ok(Some(Value::Bool(false))),
            _ if self.scanner.take("null") => Ok(Some(Value::Null)),
            _ => Err(self.scanner.wrong("no JSON value")),
        }
    }

    fn object(&mut self, depth: usize) -> Read {
        self.open(depth)?;
        let mut members: Vec<(String, Option<Value>)> = Vec::new();
        let mut names_are_sound = true;
        let mut first = true;
        while self.goes_on(b'}', first)? {
            first = false;
            self.scanner.skip_space();
            let name = self.scanner.string()?;
            self.scanner.skip_space();
            self.scanner.expect(b':', "no colon behind a name")?;
            let value = self.value(depth + 1)?;
            match name {
                Some(name) => members.push((name, value)),
                None => names_are_sound = false,
            }
        }
        // Stable, so that of equal names the last stands last.
        members.sort_by(|(one, _), (other, _)| utf16_order(one, other));
        let given = members.len();
        members.reverse();
        members.dedup_by(|(one, _), (other, _)| one == other);
        if members.len() < given && self.repeated == Repeated::Refused {
            return Err(self.scanner.wrong("a name stands twice in the object before"));
        }
        let sound: Option<Vec<_>> = members.into_iter().map(|(name, value)| value.map(|value| (name, value))).collect();
        Ok(sound.filter(|_| names_are_sound).map(|members| Value::Object(Object::new(members))))
    }

    fn array(&mut self, depth: usize) -> Read {
        self.open(depth)?;
        let mut elements = Some(Vec::new());
        let mut first = true;
        while self.goes_on(b']', first)? {
            first = false;
            match (self.value(depth + 1)?, &mut elements) {
                (Some(value), Some(elements)) => elements.push(value),
                _ => elements = None,
            }
        }
        Ok(elements.map(Value::Array))
    }

    fn open(&mut self, depth: usize) -> Result<(), Unreadable> {
        if depth > MAX_DEPTH {
            return Err(self.scanner.wrong("nested deeper than 64"));
        }
        self.scanner.advance();
        self.count()
    }

    /// Whether another member or element follows; takes the comma before it, or what closes.
    fn goes_on(&mut self, closing: u8, first: bool) -> Result<bool, Unreadable> {
        self.scanner.skip_space();
        if self.scanner.peek() == Some(closing) {
            self.scanner.advance();
            return Ok(false);
        }
        if !first {
            self.scanner.expect(b',', "neither a comma nor what closes")?;
            self.count()?;
        }
        Ok(true)
    }

    fn count(&mut self) -> Result<(), Unreadable> {
        self.tokens += 1;
        if self.tokens > MAX_TOKENS { Err(self.scanner.wrong("more than 2,000,000 of the characters { [ and ,")) } else { Ok(()) }
    }
}
