//! Whether a router signed its run.

use nexus_attest_verify::Status::{self, Fail, NotChecked, Pass};
use serde_json::{Value, json};

use crate::common::status;
use crate::forger::{COMPLETED, Forger};
use crate::signing::{OTHER, ROUTER, envelope, judged, public, run_statement};

/// Of a run that `sign` gives an envelope to.
fn router(what: &str, log: impl Fn(&mut Forger), sign: impl Fn(&Forger) -> Value, key: Value, expected: Status) {
    let mut forger = Forger::new();
    log(&mut forger);
    forger.agree();
    let made = sign(&forger);
    let outcome = forger.event(COMPLETED);
    let name = if outcome.get("executionFailed").is_some() { "executionFailed" } else { "executionCompleted" };
    outcome[name]["routerSignature"] = made;
    forger.agree();
    let report = judged(&mut forger, json!({"routerKeys": [key]}));
    assert_eq!(status(&report, "router_signature"), expected, "{what}");
}

#[test]
fn a_router_signs_its_run() {
    let key = || json!({"name": "r", "publicKey": public(ROUTER), "adapterIds": ["others", "files"]});
    let with = |name: &str, value: Value| {
        let mut key = key();
        key[name] = value;
        key
    };
    let (nothing, good) = (|_: &mut Forger| {}, |f: &Forger| envelope(&run_statement(f, "RUN_STATE_SUCCEEDED"), &[ROUTER]));
    router("as it should be", nothing, good, key(), Pass);
    router("by another", nothing, |f| envelope(&run_statement(f, "RUN_STATE_SUCCEEDED"), &[OTHER]), key(), Fail);
    router("of another outcome", nothing, |f| envelope(&run_statement(f, "RUN_STATE_FAILED"), &[ROUTER]), key(), Fail);
    router("of another adapter", nothing, good, with("adapterIds", json!(["others"])), NotChecked);
    router("believed until then", nothing, good, with("notAfter", json!("2026-11-25T10:30:01Z")), Fail);
    router("believed from then on", nothing, good, with("notBefore", json!("2026-11-25T10:30:01Z")), Pass);
    router("the last of eight", nothing, |f| envelope(&run_statement(f, "RUN_STATE_SUCCEEDED"), &[3, 3, 3, 3, 3, 3, 3, ROUTER]), key(), Pass);
    router("the last of nine", nothing, |f| envelope(&run_statement(f, "RUN_STATE_SUCCEEDED"), &[3, 3, 3, 3, 3, 3, 3, 3, ROUTER]), key(), Fail);
    router(
        "under any key id",
        nothing,
        |f| {
            let mut made = good(f);
            made["signatures"][0]["keyid"] = json!("mine");
            made
        },
        key(),
        Pass,
    );
    router("without steps", |f| drop(f.body(COMPLETED, "executionCompleted").remove("stepsExecuted")), good, key(), Pass);
    let failed = |code: &'static str| {
        move |f: &mut Forger| {
            let mut body = f.event(COMPLETED).as_object_mut().unwrap().remove("executionCompleted").unwrap();
            body["code"] = json!(code);
            f.event(COMPLETED)["executionFailed"] = body;
        }
    };
    router("failed", failed("STEP_FAILED"), |f| envelope(&run_statement(f, "RUN_STATE_FAILED"), &[ROUTER]), key(), Pass);
    router("failed, and said to be a success", failed("STEP_FAILED"), good, key(), Fail);
    router("of too many steps, a success", failed("MAX_STEPS_EXCEEDED"), good, key(), Pass);
    router("of too many steps, a failure", failed("MAX_STEPS_EXCEEDED"), |f| envelope(&run_statement(f, "RUN_STATE_FAILED"), &[ROUTER]), key(), Pass);
    router("of no digest", |f| drop(f.body(COMPLETED, "executionCompleted").insert("routerDigest".into(), json!("sha256:AB"))), good, key(), Fail);
}
