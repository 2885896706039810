//! Changes the page's example and makes all of it agree again, so that one rule fails alone: what somebody can do who holds no key.

use nexus_attest_verify::{Report, TrustPolicy, verify};
use serde_json::{Map, Value, json};

use crate::common::seal::{digest, seal};
use crate::common::{failed, file};

pub struct Forger {
    pub package: Value,
    /// Places of the approvals that the gate says it relied on.
    pub relied_on: Vec<usize>,
}

// Places in the example's log. Carol's approval has expired at the gate, dave's was revoked.
pub const CREATED: usize = 0;
pub const ATTACHED: usize = 1;
pub const CAROL: usize = 2;
pub const REVOKED: usize = 4;
pub const ERIN: usize = 5;
pub const FRANK: usize = 6;
pub const GATE: usize = 7;
pub const STARTED: usize = 8;
pub const COMPLETED: usize = 9;

impl Forger {
    /// With the template that its policy came from.
    pub fn with_template() -> Self {
        Self { package: serde_json::from_slice(&file("docs/examples/audit-package.embedded.json")).unwrap(), relied_on: vec![ERIN, FRANK] }
    }

    pub fn new() -> Self {
        let mut forger = Self::with_template();
        forger.package.as_object_mut().unwrap().remove("template");
        forger.event(ATTACHED)["policyAttached"].as_object_mut().unwrap().remove("template");
        forger
    }

    pub fn events(&mut self) -> &mut Vec<Value> {
        self.package["controlBundle"]["events"].as_array_mut().unwrap()
    }

    pub fn event(&mut self, place: usize) -> &mut Value {
        &mut self.events()[place]
    }

    pub fn body(&mut self, place: usize, name: &str) -> &mut Map<String, Value> {
        self.event(place)[name].as_object_mut().unwrap()
    }

    pub fn policy(&mut self) -> &mut Map<String, Value> {
        self.event(ATTACHED)["policyAttached"]["policy"].as_object_mut().unwrap()
    }

    pub fn approval(&mut self, place: usize) -> &mut Map<String, Value> {
        self.body(place, "approvalGranted")
    }

    /// Writes anew all that follows from the rest.
    pub fn agree(&mut self) {
        let Self { package, relied_on } = self;
        let decision = package["controlBundle"]["decisionId"].clone();
        let relied_on = relied_on.clone();
        let events = package["controlBundle"]["events"].as_array_mut().unwrap();
        let attached = events.iter().find_map(|event| event.get("policyAttached")).unwrap().clone();
        let policy = attached["policy"].clone();
        let created = events[CREATED]["decisionCreated"].clone();
        let request_digest = digest(&json!({"decisionId": decision, "decisionCreated": created, "policyAttached": attached}));
        let policy_digest = digest(&policy);
        let mut digests: Vec<Value> = Vec::new();
        let mut link = json!({});
        for (place, event) in events.iter_mut().enumerate() {
            if place > 0 {
                event["seq"] = json!(place);
                event["previousDigest"] = digests[place - 1].clone();
            }
            if let Some(granted) = event.get_mut("approvalGranted") {
                granted["requestDigest"] = request_digest.clone();
            }
            if let Some(gate) = event.get_mut("executionRequested") {
                gate.as_object_mut().unwrap().remove("approvalDigests");
                if !relied_on.is_empty() {
                    gate["approvalDigests"] = relied_on.iter().map(|place| digests[*place].clone()).collect();
                }
                gate["policyDigest"] = policy_digest.clone();
                let mut run = json!({"decisionId": decision, "requestDigest": request_digest, "policyDigest": policy_digest});
                copy(gate, &["adapterId", "mode", "approvalDigests"], &mut run);
                copy(&created, &["goal", "plan", "labels"], &mut run);
                copy(&policy, &["maxSteps"], &mut run);
                gate["routerRequestDigest"] = digest(&run);
                link = json!({"requestDigest": request_digest, "policyDigest": policy_digest, "decisionId": decision});
                copy(gate, &["adapterId", "mode", "approvalDigests", "routerRequestDigest"], &mut link);
            }
            digests.push(digest(event));
            if event.get("executionRequested").is_some() {
                link["executionRequestedDigest"] = digests[place].clone();
            }
            for outcome in ["executionCompleted", "executionFailed"].into_iter().filter_map(|name| event.get(name)) {
                copy(outcome, &["runId", "routerDigest"], &mut link);
            }
        }
        package["link"] = link;
        package["router"]["adapterId"] = package["link"]["adapterId"].clone();
        seal(package);
    }

    pub fn report(&mut self, trust: &TrustPolicy) -> Report {
        verify(&serde_json::to_vec(&self.package).unwrap(), trust)
    }
}

/// Those fields that are there.
fn copy(from: &Value, names: &[&str], to: &mut Value) {
    to.as_object_mut().unwrap().extend(names.iter().filter_map(|name| Some(((*name).to_owned(), from.get(name)?.clone()))));
}

/// After a change, once all agrees again.
pub fn fails(what: &str, mut forger: Forger, change: impl FnOnce(&mut Forger), expected: &[&str]) {
    change(&mut forger);
    forger.agree();
    assert_eq!(failed(&forger.report(&TrustPolicy::nobody())), expected, "{what}");
}

/// After a change of what follows from the log, once the digests agree again.
pub fn fails_behind(what: &str, change: impl FnOnce(&mut Forger), expected: &[&str]) {
    let mut forger = Forger::new();
    forger.agree();
    change(&mut forger);
    seal(&mut forger.package);
    assert_eq!(failed(&forger.report(&TrustPolicy::nobody())), expected, "{what}");
}
