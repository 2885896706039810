//! Whether there are enough, out of the groups that the policy wants.

use crate::checks::seats::all_can_be_filled;
use crate::evidence::gate::Gate;
use crate::evidence::policy::{MAX_GROUPS, Policy};

/// By the groups that each of those who said yes is in; `None` if the quorum holds.
pub fn why_no_quorum(policy: &Policy, groups_of_each: &[Vec<&str>]) -> Option<&'static str> {
    if (groups_of_each.len() as u64) < u64::from(policy.min_approvals) {
        Some("too few approvals counted")
    } else if policy.groups.len() > MAX_GROUPS {
        Some("the guardrails raise the policy to more groups than it may have")
    } else if !all_can_be_filled(&policy.groups, groups_of_each) {
        Some("the seats of the groups cannot all be filled at the same time")
    } else {
        None
    }
}

/// Of those that counted.
pub fn groups_of_approvals<'a>(gate: &Gate<'a>) -> Vec<Vec<&'a str>> {
    gate.counting.iter().map(|approval| approval.event.body.texts("groups")).collect()
}
