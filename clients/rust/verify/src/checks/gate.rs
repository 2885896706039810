//! Checks of what was relied on at the gate.

use std::collections::{HashMap, HashSet};

use crate::checks::outcome::Outcome;
use crate::checks::quorum::{groups_of_approvals, why_no_quorum};
use crate::evidence::gate::Gate;
use crate::evidence::guardrail::guardrails;
use crate::evidence::policy::labels;
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
    let count = gate.counting.len();
    match (why_no_quorum(&gate.raised, &groups_of_approvals(gate)), gate.break_glass) {
        (None, _) => Outcome::pass(),
        (Some(why), None) => Outcome::differ(&gate.raised.min_approvals.to_string(), &count.to_string(), why),
        (Some(_), Some(break_glass)) if (count as u64) < u64::from(break_glass.number("minApprovals")) => {
            Outcome::differ(&break_glass.number("minApprovals").to_string(), &count.to_string(), "too few approvals counted, even by break-glass")
        }
        (Some(why), Some(_)) => Outcome::not_checked(format!("the gate was passed by break-glass: {why}")),
    }
}

pub fn gate_conditions(gate: &Gate) -> Outcome {
    let policy = &gate.raised;
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
    } else if !has_required_labels(gate) {
        Some("the request lacks a label that a guardrail requires")
    } else {
        why_duties_are_not_separated(gate)
    };
    Outcome::none_found(wrong)
}

fn has_required_labels(gate: &Gate) -> bool {
    let mut values_by_key = HashMap::<&str, HashSet<&str>>::new();
    for (key, value) in labels(gate.created.body) {
        values_by_key.entry(key).or_default().insert(value);
    }
    let mut required = guardrails(gate.attached.event.body).chain(guardrails(gate.event.body)).flat_map(|guardrail| guardrail.objects("requiredLabels"));
    required.all(|label| {
        let values = label.texts("values");
        let given = values_by_key.get(label.text("key"));
        given.is_some_and(|given| values.is_empty() || values.iter().any(|value| given.contains(value)))
    })
}

fn why_duties_are_not_separated(gate: &Gate) -> Option<&'static str> {
    let duties = gate.event.body.object("separationOfDuties")?;
    let executor = gate.event.actor.id;
    if duties.flag("executorIsNotRequester") && executor == gate.created.actor.id {
        Some("who passed the gate is the requester")
    } else if duties.flag("approverIsNotExecutor") && gate.counting.iter().any(|approval| approval.event.actor.id == executor) {
        Some("who passed the gate is one of the approvers")
    } else {
        None
    }
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
