//! Signs what the pages say is signed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use nexus_attest_verify::{Report, read_trust_policy};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::common::seal::digest;
use crate::forger::{COMPLETED, Forger};

/// Secrets that everybody can guess.
pub const SERVER: u8 = 1;
pub const ROUTER: u8 = 2;
pub const OTHER: u8 = 3;
pub const ERINS: u8 = 4;
pub const FRANKS: u8 = 5;

fn secret(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

pub fn public(number: u8) -> String {
    STANDARD.encode(secret(number).verifying_key().as_bytes())
}

pub fn key_id(number: u8) -> String {
    let der = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], secret(number).verifying_key().as_bytes()].concat();
    Sha256::digest(der).iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

pub fn envelope_of_type(payload_type: &str, statement: &Value, signers: &[u8]) -> Value {
    let payload = serde_json::to_vec(statement).unwrap();
    let signed = [format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).as_bytes(), &payload].concat();
    let signatures: Vec<Value> =
        signers.iter().map(|number| json!({"keyid": key_id(*number), "sig": STANDARD.encode(secret(*number).sign(&signed).to_bytes())})).collect();
    json!({"payload": STANDARD.encode(payload), "payloadType": payload_type, "signatures": signatures})
}

pub fn envelope(statement: &Value, signers: &[u8]) -> Value {
    envelope_of_type("application/vnd.in-toto+json", statement, signers)
}

pub fn statement(kind: &str, subject: &Value, predicate: Value) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "predicate": predicate,
        "predicateType": format!("nexus-attest:{kind}/v1"),
        "subject": [{"digest": {"sha256": subject.as_str().unwrap().trim_start_matches("sha256:")}, "name": "06c45bbcfe0ef2967ee9b48fc38d55db"}],
    })
}

pub fn server_statement(forger: &Forger) -> Value {
    let package = &forger.package;
    let predicate = json!({
        "controlDigest": package["controlDigest"],
        "decisionId": package["controlBundle"]["decisionId"],
        "linkDigest": package["linkDigest"],
        "packageVersion": package["packageVersion"],
        "routerDigest": package["router"]["routerDigest"],
    });
    statement("audit-package", &package["bindingDigest"], predicate)
}

pub fn approval_statement(forger: &mut Forger, place: usize) -> Value {
    let head = digest(&forger.events()[place - 1]);
    let link = forger.package["link"].clone();
    let event = forger.event(place);
    let mut predicate = json!({
        "approver": event["actor"],
        "decisionId": event["decisionId"],
        "headDigest": head,
        "policyDigest": link["policyDigest"],
        "requestDigest": link["requestDigest"],
    });
    for name in ["comment", "expiresAt"] {
        predicate[name] = event["approvalGranted"][name].clone();
    }
    statement("approval", &link["requestDigest"], predicate)
}

pub fn run_statement(forger: &Forger, state: &str) -> Value {
    let link = &forger.package["link"];
    let outcome = &forger.package["controlBundle"]["events"][COMPLETED];
    let body = outcome.get("executionCompleted").or(outcome.get("executionFailed")).unwrap();
    let mut predicate = json!({"adapterId": link["adapterId"], "decisionId": link["decisionId"], "routerRequestDigest": link["routerRequestDigest"], "runId": link["runId"], "state": state});
    if let Some(steps) = body.get("stepsExecuted") {
        predicate["stepsExecuted"] = steps.clone();
    }
    statement("run", &link["routerDigest"], predicate)
}

pub fn judged(forger: &mut Forger, trust: Value) -> Report {
    let mut policy = json!({"policyVersion": "nexus.attest/trust-policy/v1"});
    policy.as_object_mut().unwrap().extend(trust.as_object().unwrap().clone());
    forger.report(&read_trust_policy(policy.to_string().as_bytes()).unwrap())
}
