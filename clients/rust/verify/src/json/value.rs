//! A JSON value as the specification of audit packages sees it: numbers are doubles, names are unique and in order of their UTF-16 code units.

use std::cmp::Ordering;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    Array(Vec<Value>),
    Object(Object),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    members: Vec<(String, Value)>,
}

impl Value {
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl Object {
    /// The names must be unique.
    pub fn new(mut members: Vec<(String, Value)>) -> Self {
        members.sort_by(|(one, _), (other, _)| utf16_order(one, other));
        Self { members }
    }

    /// Of `Some` members only.
    pub fn of<const N: usize>(members: [(&str, Option<Value>); N]) -> Self {
        Self::new(members.into_iter().filter_map(|(name, value)| value.map(|value| (name.to_owned(), value))).collect())
    }

    pub fn members(&self) -> &[(String, Value)] {
        &self.members
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = self.members.binary_search_by(|(other, _)| utf16_order(other, name)).ok()?;
        self.members.get(found).map(|(_, value)| value)
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    // What follows reads fields of messages. An absent field means its default, and so does one that holds no such value: what is no such value has failed the
    // check `format` or `event_schema` by then.

    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_text).unwrap_or_default()
    }

    pub fn number(&self, name: &str) -> u32 {
        self.optional_number(name).unwrap_or_default()
    }

    pub fn optional_number(&self, name: &str) -> Option<u32> {
        match self.get(name) {
            // Whole and within bounds by then; `as` would cut what is not.
            Some(Value::Number(number)) => Some(*number as u32),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> bool {
        self.optional_flag(name).unwrap_or_default()
    }

    pub fn optional_flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Value::Bool(flag)) => Some(*flag),
            _ => None,
        }
    }

    pub fn object(&self, name: &str) -> Option<&Object> {
        self.get(name).and_then(Value::as_object)
    }

    pub fn list(&self, name: &str) -> &[Value] {
        match self.get(name) {
            Some(Value::Array(elements)) => elements,
            _ => &[],
        }
    }

    pub fn texts(&self, name: &str) -> Vec<&str> {
        self.list(name).iter().filter_map(Value::as_text).collect()
    }

    pub fn objects(&self, name: &str) -> Vec<&Object> {
        self.list(name).iter().filter_map(Value::as_object).collect()
    }
}

/// The order of RFC 8785, which is not that of UTF-8 where there are characters beyond U+FFFF.
pub fn utf16_order(one: &str, other: &str) -> Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}
