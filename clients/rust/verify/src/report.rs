//! What a verification found.

use std::fmt;

/// Whatever the bytes were, there is a report of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub verdict: Verdict,
    /// Every check, in the order of the specification.
    pub checks: Vec<CheckResult>,
    /// The decision, as far as it could be read.
    pub decision_id: String,
    /// As recomputed; empty if it could not be.
    pub binding_digest: String,
    /// Whose signatures made a check pass.
    pub signers: Vec<Signer>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// Stable, such as `event_chain`.
    pub name: &'static str,
    /// What it asks, in one sentence.
    pub description: &'static str,
    pub status: Status,
    /// What should be there and what is, where the check compares, and where and why it did not pass: words for people, cut where they grow long.
    pub expected: String,
    pub actual: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Pass,
    Fail,
    /// It could not be judged, or there was nothing to judge.
    NotChecked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A server that the trust policy names made exactly this package.
    Authentic,
    /// Everything that can be recomputed agrees; who made it is not proven.
    Consistent,
    /// A check failed: do not rely on it.
    Broken,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Signer {
    pub role: Role,
    /// The name that the trust policy gives the key; an approver's id.
    pub name: String,
    /// `sha256:` and 64 digits.
    pub key_id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Server,
    Approver,
    Router,
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Status::Pass => "PASS",
            Status::Fail => "FAIL",
            Status::NotChecked => "NOT_CHECKED",
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Verdict::Authentic => "AUTHENTIC",
            Verdict::Consistent => "CONSISTENT",
            Verdict::Broken => "BROKEN",
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Role::Server => "SERVER",
            Role::Approver => "APPROVER",
            Role::Router => "ROUTER",
        })
    }
}
