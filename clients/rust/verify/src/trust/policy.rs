//! Whom a verifier believes, and what it insists on.

use crate::fields::moment::Moment;
use crate::signing::keys::PublicKey;

/// Made by [`crate::read_trust_policy`]. The default believes nobody, so that nothing is authentic.
#[derive(Clone, Debug, Default)]
pub struct TrustPolicy {
    pub(crate) server_keys: Vec<NamedKey>,
    pub(crate) approver_keys: Vec<ApproverKey>,
    pub(crate) router_keys: Vec<RouterKey>,
    pub(crate) required_checks: Vec<String>,
    /// Digests of guardrails that must have been in force at the gate.
    pub(crate) required_guardrails: Vec<String>,
    pub(crate) accepted_break_glass: AcceptedBreakGlass,
    /// Of the log's first and last event.
    pub(crate) bounds: Bounds,
}

impl TrustPolicy {
    /// As if there were no trust policy.
    pub fn nobody() -> Self {
        Self::default()
    }
}

/// Which executions by break-glass are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum AcceptedBreakGlass {
    /// There is no trust policy.
    #[default]
    NotSaid,
    Nothing,
    /// Those whose review made up for the quorum.
    Reviewed,
    All,
}

#[derive(Clone, Debug)]
pub struct NamedKey {
    pub name: String,
    pub key: PublicKey,
    pub believed: Bounds,
}

#[derive(Clone, Debug)]
pub struct ApproverKey {
    /// Type and id of the approver.
    pub kind: String,
    pub id: String,
    pub key: PublicKey,
    /// Until it was revoked.
    pub believed: Bounds,
}

#[derive(Clone, Debug)]
pub struct RouterKey {
    pub named: NamedKey,
    pub adapter_ids: Vec<String>,
}

/// From the one on, and before the other; an absent one is no bound.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    pub from: Option<Moment>,
    pub before: Option<Moment>,
}

impl Bounds {
    pub fn hold(&self, moment: Moment) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.before.is_none_or(|before| moment < before)
    }

    pub fn are_set(&self) -> bool {
        self.from.is_some() || self.before.is_some()
    }
}
