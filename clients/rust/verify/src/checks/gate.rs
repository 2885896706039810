//! Checks of what was relied on at the gate.

use std::collections::HashSet;

use crate::checks::outcome::Outcome;
use crate::checks::seats::all_can_be_filled;
use crate::evidence::gate::Gate;
use crate::json::digest::digest_of;
use crate::json::value::Object;

pub fn request_digest(gate: &Gate) -> Outcome {
    let other = gate.approvals.iter().find(|approval| approval.event.body.text("requestDigest") != gate.request_digest);
    other.map_or_else(Outcome::pass, |approval| {
        let what = format!("event {}: it approves something else", approval.event.place);
        Outcome::differ(&gate.request_digest, approval.event.body.text("requestDigest"), &what)
    })
}

pub fn policy_digest(gate: &Gate) -> Outcome {
    Outcome::same(&gate.policy_digest, gate.event.body.text("policyDigest"), "the gate was judged by another policy")
}

pub fn approvals_relied_on(gate: &Gate) -> Outcome {
    let counted: Vec<&str> = gate.counting.iter().map(|approval| approval.event.digest).collect();
    let relied_on = gate.event.body.texts("approvalDigests");
    if counted == relied_on {
        return Outcome::pass();
    }
    Outcome::differ(&counted.join(" "), &relied_on.join(" "), "the gate relied on other approvals than those that counted")
}

pub fn quorum_at_gate(gate: &Gate) -> Outcome {
    let policy = &gate.attached.policy;
    let count = gate.counting.len();
    if (count as u64) < u64::from(policy.min_approvals) {
        return Outcome::differ(&policy.min_approvals.to_string(), &count.to_string(), "too few approvals counted");
    }
    let groups_of_approvals: Vec<Vec<&str>> = gate.counting.iter().map(|approval| approval.event.body.texts("groups")).collect();
    if all_can_be_filled(&policy.groups, &groups_of_approvals) {
        Outcome::pass()
    } else {
        Outcome::fail("the seats of the groups cannot all be filled at the same time")
    }
}

pub fn gate_conditions(gate: &Gate) -> Outcome {
    let policy = &gate.attached.policy;
    let request = gate.created.body;
    let mode = gate.event.body.text("mode");
    let adapter = gate.event.body.text("adapterId");
    let capabilities: HashSet<&str> = gate.event.body.texts("adapterCapabilities").into_iter().collect();
    let steps = request.object("plan").map_or(0, |plan| plan.list("steps").len());
    let missing = policy.require_adapter_capabilities.iter().find(|capability| !capabilities.contains(*capability));
    let wrong = if mode != request.text("mode") {
        Some("its mode is not the request's")
    } else if !policy.allowed_modes.contains(&mode) {
        Some("its mode is not among allowedModes")
    } else if request.text("adapterId").is_empty() && policy.allowed_adapters.is_empty() {
        Some("the request names no adapter, and the policy lists none")
    } else if !request.text("adapterId").is_empty() && adapter != request.text("adapterId") {
        Some("its adapter is not the request's")
    } else if !policy.allowed_adapters.is_empty() && !policy.allowed_adapters.contains(&adapter) {
        Some("its adapter is not among allowedAdapters")
    } else if policy.max_steps > 0 && steps as u64 > u64::from(policy.max_steps) {
        Some("the plan has more than maxSteps")
    } else if missing.is_some() {
        Some("the adapter lacks a required capability")
    } else if mode == "MODE_APPLY" && !capabilities.contains("apply") {
        Some("the adapter lacks the capability apply")
    } else {
        None
    };
    Outcome::none_found(wrong)
}

pub fn router_request_digest(gate: &Gate) -> Outcome {
    let given = |object: &Object, name: &str| object.get(name).cloned();
    let run_request = Object::of([
        ("decisionId", given(gate.control, "decisionId")),
        ("adapterId", given(gate.event.body, "adapterId")),
        ("mode", given(gate.event.body, "mode")),
        ("approvalDigests", given(gate.event.body, "approvalDigests")),
        ("goal", given(gate.created.body, "goal")),
        ("plan", given(gate.created.body, "plan")),
        ("labels", given(gate.created.body, "labels")),
        ("maxSteps", given(gate.attached.policy_json, "maxSteps")),
        ("requestDigest", Some(gate.request_digest.as_str().into())),
        ("policyDigest", Some(gate.policy_digest.as_str().into())),
    ]);
    Outcome::same(&digest_of(&run_request), gate.event.body.text("routerRequestDigest"), "the router was asked for something else")
}
