//! When an approval stands, and whether the policy allows it.

use std::collections::{HashMap, HashSet};

use crate::evidence::history::History;
use crate::evidence::log::{Actor, Event};
use crate::evidence::policy::Policy;
use crate::fields::moment::{Moment, read_moment};
use crate::json::value::Object;

pub struct Approval<'a> {
    pub event: &'a Event<'a>,
    expires_at: Option<Moment>,
    /// The envelope of the approver's signature.
    pub signature: Option<&'a Object>,
    /// Place of the event that took it back.
    pub revoked_at: Option<usize>,
}

impl<'a> Approval<'a> {
    pub fn read(event: &'a Event<'a>) -> Self {
        Self { event, expires_at: read_moment(event.body.text("expiresAt")), signature: event.body.object("signature"), revoked_at: None }
    }

    /// Whether it stands when the event happens.
    pub fn stands_at(&self, event: &Event) -> bool {
        let revoked = self.revoked_at.is_some_and(|place| place < event.place);
        !revoked && !self.has_expired_by(event.occurred_at)
    }

    /// From the very instant on.
    pub fn has_expired_by(&self, moment: Moment) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= moment)
    }

    /// Why it does not count by this policy, however long it stands; `None` if it is eligible.
    pub fn why_not_eligible(&self, policy: &Policy, requester: Actor) -> Option<&'static str> {
        let longest = i64::from(policy.max_approval_lifetime_seconds) * 1000;
        if !policy.allow_self_approval && self.event.actor.id == requester.id {
            Some("it is the requester's own")
        } else if policy.humans_only && self.event.actor.kind != "ACTOR_TYPE_HUMAN" {
            Some("the approver is no human")
        } else if policy.require_comment && self.event.body.text("comment").chars().all(is_white_space) {
            Some("it has no comment")
        } else if longest > 0 && self.expires_at.is_none_or(|expires_at| expires_at - self.event.occurred_at > longest) {
            Some("it lives longer than the policy allows")
        } else if policy.require_signed_approvals && self.signature.is_none() {
            Some("it is not signed")
        } else {
            None
        }
    }
}

/// The specification's own list, which is not Rust's.
fn is_white_space(character: char) -> bool {
    matches!(character, '\u{9}'..='\u{d}' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// Of the approvals before the gate those that counted at it, in order of the log.
pub fn counting_at<'a>(history: &'a History<'a>, policy: &Policy, gate: &Event) -> Vec<&'a Approval<'a>> {
    let relied_on: HashSet<&str> = gate.body.texts("approvalDigests").into_iter().collect();
    let standing = history.approvals.iter().filter(|approval| approval.stands_at(gate) && approval.why_not_eligible(policy, history.created.actor).is_none());
    let latest_by_id: HashMap<&str, usize> = standing.clone().map(|approval| (approval.event.actor.id, approval.event.place)).collect();
    let latest = standing.filter(|approval| latest_by_id.get(approval.event.actor.id) == Some(&approval.event.place));
    // A signed one may have lost its key by then, which only the gate can know.
    latest.filter(|approval| approval.signature.is_none() || relied_on.contains(approval.event.digest)).collect()
}
