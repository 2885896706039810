//! Walks through a message as it is given and finds what differs from its table of fields.

use std::fmt;

use crate::fields::moment::read_moment;
use crate::fields::schema::{Kind, Message};
use crate::json::digest::from_base64;
use crate::json::value::{Object, Value, utf16_order};

/// The first place of each kind, in words; `None` if there is none.
#[derive(Default)]
pub struct Findings {
    /// A known field has another JSON type than its own.
    pub wrong_type: Option<String>,
    /// A known field breaks the value rule of its type.
    pub broken_rule: Option<String>,
    /// A field is in no table. Within it nothing is looked at.
    pub unknown: Option<String>,
    /// A message lacks a required field.
    pub missing: Option<String>,
    /// Labels are not in order of their key.
    pub disordered: Option<String>,
}

/// Whether an empty text and an empty list may be written out.
#[derive(Clone, Copy, PartialEq)]
pub enum Empty {
    BreaksTheRule,
    MeansNone,
}

pub fn inspect(object: &Object, message: &Message, empty: Empty) -> Findings {
    let mut walk = Walk { findings: Findings::default(), empty };
    walk.message(object, message, &Path::Root);
    walk.findings
}

struct Walk {
    findings: Findings,
    empty: Empty,
}

enum Path<'a> {
    Root,
    Field(&'a Path<'a>, &'a str),
    Element(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Field(Path::Root, name) => out.write_str(name),
            Path::Field(parent, name) => write!(out, "{parent}.{name}"),
            Path::Element(parent, index) => write!(out, "{parent}[{index}]"),
        }
    }
}

impl Walk {
    fn message(&mut self, object: &Object, message: &Message, path: &Path) {
        for (name, value) in object.members() {
            let path = Path::Field(path, name);
            match message.field(name) {
                Some(field) => self.value(value, &field.kind, &path, self.empty),
                None => note(&mut self.findings.unknown, &path, "is no field of this message"),
            }
        }
        for field in message.fields.iter().filter(|field| field.required && !object.has(field.name)) {
            note(&mut self.findings.missing, &Path::Field(path, field.name), "is missing");
        }
    }

    fn value(&mut self, value: &Value, kind: &Kind, path: &Path, empty: Empty) {
        let keeps_rule = match (kind, value) {
            (Kind::Text, Value::String(text)) => empty == Empty::MeansNone || !text.is_empty(),
            (Kind::Number, Value::Number(number)) => is_whole(*number, 1.0),
            (Kind::OptionalNumber, Value::Number(number)) => is_whole(*number, 0.0),
            (Kind::Flag, Value::Bool(flag)) => *flag,
            (Kind::OptionalFlag, Value::Bool(_)) => true,
            (Kind::Name(names), Value::String(name)) => names.contains(&name.as_str()),
            (Kind::Time, Value::String(time)) => read_moment(time).is_some(),
            (Kind::Bytes, Value::String(bytes)) => !bytes.is_empty() && from_base64(bytes).is_some(),
            (Kind::Message(message), Value::Object(object)) => {
                self.message(object, message, path);
                true
            }
            (Kind::List(kind), Value::Array(elements)) => self.list(elements, kind, path),
            (Kind::Keyed(message), Value::Array(elements)) => {
                if !in_order_of_key(elements) {
                    note(&mut self.findings.disordered, path, "is not in order of its keys");
                }
                self.list(elements, &Kind::Message(message), path)
            }
            _ => return note(&mut self.findings.wrong_type, path, "has another JSON type than its own"),
        };
        if !keeps_rule {
            note(&mut self.findings.broken_rule, path, "is not written as ProtoJSON writes it");
        }
    }

    fn list(&mut self, elements: &[Value], kind: &Kind, path: &Path) -> bool {
        for (index, element) in elements.iter().enumerate() {
            // Texts in a list may be empty wherever they are.
            self.value(element, kind, &Path::Element(path, index), Empty::MeansNone);
        }
        self.empty == Empty::MeansNone || !elements.is_empty()
    }
}

fn is_whole(number: f64, least: f64) -> bool {
    number.fract() == 0.0 && number >= least && number <= f64::from(u32::MAX)
}

fn in_order_of_key(elements: &[Value]) -> bool {
    let keys: Vec<&str> = elements.iter().filter_map(Value::as_object).map(|label| label.text("key")).collect();
    keys.is_sorted_by(|one, other| utf16_order(one, other).is_le())
}

fn note(found: &mut Option<String>, path: &Path, what: &str) {
    found.get_or_insert_with(|| format!("{path} {what}"));
}
