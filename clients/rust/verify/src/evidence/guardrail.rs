//! Guardrails: floors that the server's operators set under every policy that they match.

use std::collections::HashSet;

use crate::evidence::policy::{Group, MAX_APPROVALS, Policy, groups, groups_within_bounds};
use crate::json::value::Object;

const MAX_GUARDRAILS: usize = 32;

/// The uses in the list of POLICY_ATTACHED or EXECUTION_REQUESTED: each has a `digest` and a `guardrail`.
pub fn guardrail_uses(body: &Object) -> Vec<&Object> {
    body.objects("guardrails")
}

pub fn guardrails(body: &Object) -> impl Iterator<Item = &Object> {
    guardrail_uses(body).into_iter().filter_map(|used| used.object("guardrail"))
}

/// The bounds that `event_schema` sets.
pub fn guardrails_within_bounds(body: &Object) -> Result<(), String> {
    let count = guardrail_uses(body).len();
    if count > MAX_GUARDRAILS {
        return Err(format!("there are {count} guardrails; there may be {MAX_GUARDRAILS}"));
    }
    for guardrail in guardrails(body) {
        let name = guardrail.text("name");
        if guardrail.number("minApprovals") > MAX_APPROVALS {
            return Err(format!("minApprovals of the guardrail {name:?} is more than {MAX_APPROVALS}"));
        }
        groups_within_bounds(&groups(guardrail)).map_err(|why| format!("the guardrail {name:?} {why}"))?;
    }
    Ok(())
}

/// The policy raised by the guardrails of POLICY_ATTACHED or EXECUTION_REQUESTED, one after the other.
pub fn raised<'a>(policy: &Policy<'a>, body: &'a Object) -> Policy<'a> {
    let mut raised = policy.clone();
    for guardrail in guardrails(body) {
        raise(&mut raised, guardrail);
    }
    raised
}

fn raise<'a>(policy: &mut Policy<'a>, guardrail: &'a Object) {
    policy.min_approvals = policy.min_approvals.max(guardrail.number("minApprovals"));
    let modes: HashSet<&str> = guardrail.texts("allowedModes").into_iter().collect();
    if !modes.is_empty() {
        policy.allowed_modes.retain(|mode| modes.contains(mode));
    }
    policy.allow_self_approval &= guardrail.flag("allowSelfApproval");
    policy.humans_only |= guardrail.flag("humansOnly");
    policy.require_signed_approvals |= guardrail.flag("requireSignedApprovals");
    for group in groups(guardrail) {
        raise_group(&mut policy.groups, group);
    }
    policy.max_approval_lifetime_seconds = shorter(policy.max_approval_lifetime_seconds, guardrail.number("maxApprovalLifetimeSeconds"));
}

fn raise_group<'a>(groups: &mut Vec<Group<'a>>, floor: Group<'a>) {
    match groups.iter_mut().find(|group| group.name == floor.name) {
        Some(group) => group.min_approvals = group.min_approvals.max(floor.min_approvals),
        None => groups.push(floor),
    }
}

/// Of two limits, of which 0 is none.
fn shorter(one: u32, other: u32) -> u32 {
    if one == 0 || other == 0 { one.max(other) } else { one.min(other) }
}
