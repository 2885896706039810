//! Checks of the run, and of what the package says of it.

use crate::checks::outcome::Outcome;
use crate::evidence::history::History;
use crate::evidence::run::{Run, is_max_steps_exceeded};
use crate::json::digest::{digest_of_bytes, from_base64};

pub fn outcome(history: &History) -> Outcome {
    let Some(outcome) = history.recorded_run else {
        return Outcome::fail("the log holds no outcome with a run");
    };
    if !history.started {
        return Outcome::fail("there is no EXECUTION_STARTED");
    }
    let basis = outcome.body.object("settlement").map_or("", |settlement| settlement.text("basis"));
    if basis == "SETTLEMENT_BASIS_OPERATOR_STATEMENT" {
        return Outcome::fail("the outcome is an operator's statement, which comes with no record of a run");
    }
    let max_steps = history.attached.as_ref().map_or(0, |attached| attached.policy.max_steps);
    if max_steps > 0 && outcome.body.number("stepsExecuted") > max_steps && !is_max_steps_exceeded(outcome) {
        return Outcome::fail("more than maxSteps were executed, and the outcome is not MAX_STEPS_EXCEEDED");
    }
    Outcome::pass()
}

pub fn router_section(run: &Run) -> Outcome {
    let recorded = [("runId", run.outcome), ("routerDigest", run.outcome), ("adapterId", run.gate.event)];
    let other = recorded.into_iter().find(|(field, event)| run.router.text(field) != event.body.text(field));
    other.map_or_else(Outcome::pass, |(field, event)| {
        let what = format!("{field} of the router section is not that of event {}", event.place);
        Outcome::differ(event.body.text(field), run.router.text(field), &what)
    })
}

pub fn run_bundle(run: &Run) -> Outcome {
    let digest = run.outcome.body.text("routerDigest");
    match run.router.text("mode") {
        "PACKAGE_MODE_REFERENCE" if run.router.has("runBundle") || run.router.has("runBundleMediaType") => {
            Outcome::fail("a package by reference holds no run bundle and no media type")
        }
        "PACKAGE_MODE_REFERENCE" => Outcome::not_checked(format!("the run bundle is not in the package; its SHA-256 has to be {digest}")),
        "PACKAGE_MODE_EMBEDDED" => {
            let Some(bytes) = from_base64(run.router.text("runBundle")).filter(|bytes| !bytes.is_empty()) else {
                return Outcome::fail("there is no run bundle that can be read");
            };
            if run.router.text("runBundleMediaType") != run.outcome.body.text("routerMediaType") {
                return Outcome::fail("the media type is not the one that was recorded");
            }
            Outcome::same(digest, &digest_of_bytes(&bytes), "the run bundle is not the one that was recorded")
        }
        _ => Outcome::fail("the router section has no mode that is known"),
    }
}

pub fn link(run: &Run) -> Outcome {
    let gate = run.gate.event;
    let expected = [
        ("decisionId", run.decision_id()),
        ("runId", run.outcome.body.text("runId")),
        ("routerDigest", run.outcome.body.text("routerDigest")),
        ("adapterId", gate.body.text("adapterId")),
        ("mode", gate.body.text("mode")),
        ("routerRequestDigest", gate.body.text("routerRequestDigest")),
        ("requestDigest", &run.request_digest),
        ("policyDigest", &run.policy_digest),
        ("executionRequestedDigest", gate.digest),
    ];
    if let Some((field, expected)) = expected.into_iter().find(|(field, expected)| run.link.text(field) != *expected) {
        return Outcome::differ(expected, run.link.text(field), &format!("{field} does not follow from the events"));
    }
    let same = run.link.texts("approvalDigests") == gate.body.texts("approvalDigests");
    Outcome::none_found(if same { None } else { Some("approvalDigests are not those of the gate") })
}
