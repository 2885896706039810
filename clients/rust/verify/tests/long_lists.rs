//! Lists are as long as whoever made the file likes. What it costs to verify them grows with their length, not with its square.

mod common;

use std::time::{Duration, Instant};

use common::seal::seal;
use common::{package, status};
use nexus_attest_verify::{Status, TrustPolicy, verify};
use serde_json::{Value, json};

const LONG: usize = 250_000;
/// By squares it would be many minutes.
const LIMIT: Duration = Duration::from_secs(60);

fn names(prefix: &str) -> Value {
    (0..LONG).map(|number| format!("{prefix}{number:06}")).collect()
}

fn labels(value: &str) -> Value {
    (0..LONG).map(|number| json!({"key": format!("{number:06}"), "value": value})).collect()
}

#[test]
fn of_a_template_and_its_overrides() {
    let mut value: Value = serde_json::from_slice(&package("good/embedded.json")).unwrap();
    let used = &mut value["controlBundle"]["events"][1]["policyAttached"]["template"];
    used["templatePolicy"]["allowedAdapters"] = names("a");
    used["overrides"]["allowedAdapters"] = names("a");
    used["templatePolicy"]["requireAdapterCapabilities"] = names("c");
    used["overrides"]["requireAdapterCapabilities"] = names("d");
    seal(&mut value);
    within_the_limit(&value, "template");
}

#[test]
fn of_labels() {
    let mut value: Value = serde_json::from_slice(&package("good/embedded.json")).unwrap();
    let used = &mut value["controlBundle"]["events"][1]["policyAttached"]["template"];
    used["templatePolicy"]["labels"] = labels("v");
    used["overrides"]["labels"] = labels("v");
    seal(&mut value);
    within_the_limit(&value, "template");
}

#[test]
fn of_capabilities() {
    let mut value: Value = serde_json::from_slice(&package("good/plain.json")).unwrap();
    let events = value["controlBundle"]["events"].as_array_mut().unwrap();
    for event in events {
        if let Some(attached) = event.get_mut("policyAttached") {
            attached["policy"]["requireAdapterCapabilities"] = names("c");
        }
        if let Some(requested) = event.get_mut("executionRequested") {
            requested["adapterCapabilities"] = names("d");
            requested["approvalDigests"] = names("e");
        }
    }
    seal(&mut value);
    within_the_limit(&value, "gate_conditions");
}

#[test]
fn of_labels_that_a_guardrail_requires() {
    let mut value: Value = serde_json::from_slice(&package("good/plain.json")).unwrap();
    let events = value["controlBundle"]["events"].as_array_mut().unwrap();
    for event in events {
        if let Some(created) = event.get_mut("decisionCreated") {
            created["labels"] = labels("v");
        }
        if let Some(attached) = event.get_mut("policyAttached") {
            // Each is there but the last.
            let mut required = labels("v");
            for label in required.as_array_mut().unwrap() {
                label.as_object_mut().unwrap().remove("value");
            }
            required[LONG - 1] = json!({"key": "another"});
            attached["guardrails"] = json!([{"guardrail": {"requiredLabels": required}}]);
        }
    }
    seal(&mut value);
    within_the_limit(&value, "gate_conditions");
}

fn within_the_limit(value: &Value, fails: &str) {
    let bytes = serde_json::to_vec(value).unwrap();
    let began = Instant::now();
    let report = verify(&bytes, &TrustPolicy::nobody());
    assert_eq!((status(&report, "replay"), status(&report, fails)), (Status::Pass, Status::Fail));
    assert!(began.elapsed() < LIMIT, "{:?}", began.elapsed());
}
