//! How one check ends.

use crate::report::{Signer, Status};

/// Characters of a word for people that a report holds at most.
const SHOWN: usize = 200;

pub struct Outcome {
    pub status: Status,
    pub expected: String,
    pub actual: String,
    pub detail: String,
    /// Whose signatures made it pass.
    pub signers: Vec<Signer>,
}

impl Outcome {
    fn new(status: Status, detail: &str) -> Self {
        Self { status, expected: String::new(), actual: String::new(), detail: cut(detail), signers: Vec::new() }
    }

    pub fn pass() -> Self {
        Self::new(Status::Pass, "")
    }

    pub fn signed_by(signers: Vec<Signer>) -> Self {
        Self { signers, ..Self::pass() }
    }

    pub fn fail(detail: impl AsRef<str>) -> Self {
        Self::new(Status::Fail, detail.as_ref())
    }

    pub fn not_checked(detail: impl AsRef<str>) -> Self {
        Self::new(Status::NotChecked, detail.as_ref())
    }

    /// Passes if two texts are the same; says which they are if not.
    pub fn same(expected: &str, actual: &str, what: &str) -> Self {
        if expected == actual { Self::pass() } else { Self::differ(expected, actual, what) }
    }

    /// Fails, whatever the words are by which people are told what should be there and what is.
    pub fn differ(expected: &str, actual: &str, what: &str) -> Self {
        Self { expected: cut(expected), actual: cut(actual), ..Self::fail(what) }
    }

    /// Passes if nothing was found.
    pub fn none_found<Words: AsRef<str>>(found: Option<Words>) -> Self {
        found.map_or_else(Self::pass, Self::fail)
    }

    /// Passes if nothing went wrong.
    pub fn of<Made, Words: AsRef<str>>(result: &Result<Made, Words>) -> Self {
        Self::none_found(result.as_ref().err())
    }
}

fn cut(words: &str) -> String {
    match words.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words.to_owned(),
    }
}
