//! Conditions of the gate, and of the outcome.

use serde_json::{Value, json};

use crate::forger::{COMPLETED, CREATED, Forger, GATE, STARTED, fails};

fn case(what: &str, change: impl FnOnce(&mut Forger), expected: &[&str]) {
    fails(what, Forger::new(), change, expected);
}

#[test]
fn what_agrees_passes() {
    case("nothing changed", |_| {}, &[]);
    fails("nothing changed, with its template", Forger::with_template(), |_| {}, &[]);
}

#[test]
fn the_gate_keeps_its_conditions() {
    let set = |place: usize, body: &'static str, name: &'static str, value: Value| move |f: &mut Forger| drop(f.body(place, body).insert(name.into(), value));
    let fails = &["gate_conditions"][..];
    case("another mode", set(GATE, "executionRequested", "mode", json!("MODE_DRY_RUN")), fails);
    case("a mode that is not allowed", |f| drop(f.policy().insert("allowedModes".into(), json!(["MODE_DRY_RUN"]))), fails);
    case("no mode allowed", |f| drop(f.policy().remove("allowedModes")), fails);
    case("an adapter that is not allowed", set(GATE, "executionRequested", "adapterId", json!("others")), fails);
    case("no adapter named, none allowed", |f| drop(f.policy().remove("allowedAdapters")), fails);
    case("another adapter than the request's", set(CREATED, "decisionCreated", "adapterId", json!("files-standby")), fails);
    case(
        "the request's adapter",
        |f| {
            set(CREATED, "decisionCreated", "adapterId", json!("files"))(f);
            f.policy().remove("allowedAdapters");
        },
        &[],
    );
    case(
        "the request's adapter, not allowed",
        |f| {
            set(CREATED, "decisionCreated", "adapterId", json!("files"))(f);
            f.policy().insert("allowedAdapters".into(), json!(["x"]));
        },
        fails,
    );
    case("a capability less", set(GATE, "executionRequested", "adapterCapabilities", json!(["apply"])), fails);
    case("no apply", set(GATE, "executionRequested", "adapterCapabilities", json!(["timeout"])), fails);
    case("more steps than allowed", |f| drop(f.policy().insert("maxSteps".into(), json!(1))), &["gate_conditions", "outcome"]);
    case("as many steps as allowed", |f| drop(f.policy().insert("maxSteps".into(), json!(2))), &[]);
    case("no limit of steps", |f| drop(f.policy().remove("maxSteps")), &[]);
}

#[test]
fn the_outcome_is_within_the_policy() {
    let completed = |forger: &mut Forger, name: &str, value: Value| drop(forger.body(COMPLETED, "executionCompleted").insert(name.into(), value));
    let failed = |forger: &mut Forger, code: &str| {
        let mut body = forger.event(COMPLETED).as_object_mut().unwrap().remove("executionCompleted").unwrap();
        body["code"] = json!(code);
        forger.event(COMPLETED)["executionFailed"] = body;
    };
    case("more steps executed", |f| completed(f, "stepsExecuted", json!(6)), &["outcome"]);
    case(
        "more steps executed, failed for it",
        |f| {
            completed(f, "stepsExecuted", json!(6));
            failed(f, "MAX_STEPS_EXCEEDED");
        },
        &[],
    );
    case(
        "more steps executed, failed for something else",
        |f| {
            completed(f, "stepsExecuted", json!(6));
            failed(f, "STEP_FAILED");
        },
        &["outcome"],
    );
    case("by an operator's word", |f| completed(f, "settlement", json!({"basis": "SETTLEMENT_BASIS_OPERATOR_STATEMENT"})), &["outcome"]);
    case("by the router's answer", |f| completed(f, "settlement", json!({"basis": "SETTLEMENT_BASIS_ROUTER_ANSWER"})), &[]);
    case(
        "never started",
        |f| {
            failed(f, "START_EXPIRED");
            f.events().remove(STARTED);
        },
        &["outcome"],
    );
    case("without a run", |f| drop(f.body(COMPLETED, "executionCompleted").remove("runId")), &["outcome"]);
}
