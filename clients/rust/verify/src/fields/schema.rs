//! What a message is made of: the terms in which fields.rs and trust_fields.rs are written.

pub struct Message {
    pub fields: &'static [Field],
}

pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

/// The types of the specification.
pub enum Kind {
    Text,
    /// Whole, from 1.
    Number,
    /// Whole, from 0.
    OptionalNumber,
    Flag,
    /// May also be `false`.
    OptionalFlag,
    Name(&'static [&'static str]),
    Time,
    Bytes,
    Message(&'static Message),
    List(&'static Kind),
    /// A list of messages that have to be in order of their `key`.
    Keyed(&'static Message),
}

impl Message {
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

pub const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

pub const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}
