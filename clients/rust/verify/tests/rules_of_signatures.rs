//! Rules about signatures and whom to believe, one at a time.

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::forger::{CAROL, COMPLETED, ERIN, FRANK, Forger, GATE, REVOKED, STARTED};
use common::seal::digest;
use common::status;
use ed25519_dalek::{Signer, SigningKey};
use nexus_attest_verify::{Report, Status, read_trust_policy};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use Status::{Fail, NotChecked, Pass};

/// Secrets that everybody can guess.
const SERVER: u8 = 1;
const ROUTER: u8 = 2;
const OTHER: u8 = 3;
const ERINS: u8 = 4;
const FRANKS: u8 = 5;

fn secret(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

fn public(number: u8) -> String {
    STANDARD.encode(secret(number).verifying_key().as_bytes())
}

fn key_id(number: u8) -> String {
    let der = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], secret(number).verifying_key().as_bytes()].concat();
    Sha256::digest(der).iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn envelope_of_type(payload_type: &str, statement: &Value, signers: &[u8]) -> Value {
    let payload = serde_json::to_vec(statement).unwrap();
    let signed = [format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).as_bytes(), &payload].concat();
    let signatures: Vec<Value> =
        signers.iter().map(|number| json!({"keyid": key_id(*number), "sig": STANDARD.encode(secret(*number).sign(&signed).to_bytes())})).collect();
    json!({"payload": STANDARD.encode(payload), "payloadType": payload_type, "signatures": signatures})
}

fn envelope(statement: &Value, signers: &[u8]) -> Value {
    envelope_of_type("application/vnd.in-toto+json", statement, signers)
}

fn statement(kind: &str, subject: &Value, predicate: Value) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "predicate": predicate,
        "predicateType": format!("nexus-attest:{kind}/v1"),
        "subject": [{"digest": {"sha256": subject.as_str().unwrap().trim_start_matches("sha256:")}, "name": "06c45bbcfe0ef2967ee9b48fc38d55db"}],
    })
}

fn server_statement(forger: &Forger) -> Value {
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

fn approval_statement(forger: &mut Forger, place: usize) -> Value {
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

fn run_statement(forger: &Forger, state: &str) -> Value {
    let link = &forger.package["link"];
    let outcome = &forger.package["controlBundle"]["events"][COMPLETED];
    let body = outcome.get("executionCompleted").or(outcome.get("executionFailed")).unwrap();
    let mut predicate = json!({"adapterId": link["adapterId"], "decisionId": link["decisionId"], "routerRequestDigest": link["routerRequestDigest"], "runId": link["runId"], "state": state});
    if let Some(steps) = body.get("stepsExecuted") {
        predicate["stepsExecuted"] = steps.clone();
    }
    statement("run", &link["routerDigest"], predicate)
}

fn judged(forger: &mut Forger, trust: Value) -> Report {
    let mut policy = json!({"policyVersion": "nexus.attest/trust-policy/v1"});
    policy.as_object_mut().unwrap().extend(trust.as_object().unwrap().clone());
    forger.report(&read_trust_policy(policy.to_string().as_bytes()).unwrap())
}

/// Of a package that `sign` gives an envelope to, by a trust policy of the server's key and another one.
fn server(what: &str, sign: impl FnOnce(&Forger) -> Value, expected: Status) {
    let mut forger = Forger::new();
    forger.agree();
    forger.package["signature"] = sign(&forger);
    let keys = json!({"serverKeys": [{"publicKey": public(OTHER)}, {"name": "s", "publicKey": public(SERVER)}]});
    let report = judged(&mut forger, keys);
    assert_eq!(status(&report, "server_signature"), expected, "{what}");
    assert_eq!(report.signers.len(), usize::from(expected == Pass), "{what}");
}

#[test]
fn a_server_signs_exactly_this_package() {
    let good = |forger: &Forger| envelope(&server_statement(forger), &[SERVER]);
    let changed = |change: fn(&mut Value)| {
        move |forger: &Forger| {
            let mut made = good(forger);
            change(&mut made);
            made
        }
    };
    server("as it should be", good, Pass);
    server("by a key that nobody names", |f| envelope(&server_statement(f), &[ERINS]), Fail);
    server(
        "by a key that nobody names, under one that is named",
        |f| {
            let mut made = envelope(&server_statement(f), &[ERINS]);
            made["signatures"][0]["keyid"] = json!(key_id(SERVER));
            made
        },
        Fail,
    );
    server("under another key's id", changed(|made| made["signatures"][0]["keyid"] = json!(key_id(OTHER))), Fail);
    server("under no key id", changed(|made| drop(made["signatures"][0].as_object_mut().unwrap().remove("keyid"))), Fail);
    server("of another type", |f| envelope_of_type("application/json", &server_statement(f), &[SERVER]), Fail);
    server("twice", |f| envelope(&server_statement(f), &[SERVER, SERVER]), Fail);
    server("not at all", |f| envelope(&server_statement(f), &[]), Fail);
    server("of a run", |f| envelope(&run_statement(f, "RUN_STATE_SUCCEEDED"), &[SERVER]), Fail);
    server(
        "of more than there is",
        |f| {
            let mut said = server_statement(f);
            said["predicate"]["templateDigest"] = json!("sha256:0");
            envelope(&said, &[SERVER])
        },
        Fail,
    );
}

#[test]
fn a_server_signs_which_template_it_was() {
    for (names_it, expected) in [(true, Pass), (false, Fail)] {
        let mut forger = Forger::with_template();
        forger.agree();
        let mut said = server_statement(&forger);
        if names_it {
            said["predicate"]["templateDigest"] = digest(&forger.package["template"]);
        }
        forger.package["signature"] = envelope(&said, &[SERVER]);
        assert_eq!(status(&judged(&mut forger, json!({"serverKeys": [{"publicKey": public(SERVER)}]})), "server_signature"), expected);
    }
}

/// Both approvals that counted signed, and what `change` makes of the first of these envelopes, or of the log before they are signed.
fn approvals(keys: Value, log: impl Fn(&mut Forger), change: impl Fn(&mut Forger, &mut Value), signed: &[(usize, u8)]) -> Report {
    let mut forger = Forger::new();
    log(&mut forger);
    for (place, number) in signed {
        forger.agree();
        let mut made = envelope(&approval_statement(&mut forger, *place), &[*number]);
        if *place == signed[0].0 {
            change(&mut forger, &mut made);
        }
        forger.approval(*place).insert("signature".into(), made);
    }
    forger.agree();
    judged(&mut forger, json!({"approverKeys": keys}))
}

fn key_of(name: &str, number: u8) -> Value {
    json!({"approver": {"type": "ACTOR_TYPE_HUMAN", "id": format!("{name}@example.com")}, "publicKey": public(number)})
}

#[test]
fn approvers_sign_their_approvals() {
    const BOTH: &[(usize, u8)] = &[(ERIN, ERINS), (FRANK, FRANKS)];
    let keys = || json!([key_of("erin", ERINS), key_of("frank", FRANKS)]);
    let with = |name: &str, value: &str| {
        let mut keys = keys();
        keys[0][name] = json!(value);
        keys
    };
    let case = |what: &str, report: Report, expected: Status| {
        assert_eq!(status(&report, "approver_signatures"), expected, "{what}");
        assert_eq!(report.signers.len(), if expected == Pass { 2 } else { 0 }, "{what}");
    };
    let (nothing, as_made) = (|_: &mut Forger| {}, |_: &mut Forger, _: &mut Value| {});
    case("both", approvals(keys(), nothing, as_made, BOTH), Pass);
    case("believed by nobody", approvals(json!([]), nothing, as_made, BOTH), NotChecked);
    case("one only", approvals(keys(), nothing, as_made, &BOTH[..1]), NotChecked);
    case("by another's key", approvals(keys(), nothing, as_made, &[(ERIN, FRANKS), (FRANK, FRANKS)]), Fail);
    case(
        "by one's key of another type",
        approvals(
            json!([{"approver": {"type": "ACTOR_TYPE_SYSTEM", "id": "erin@example.com"}, "publicKey": public(ERINS)}, key_of("frank", FRANKS)]),
            nothing,
            as_made,
            BOTH,
        ),
        Fail,
    );
    case("believed from then on", approvals(with("notBefore", "2026-11-25T10:05:00Z"), nothing, as_made, BOTH), Pass);
    case("believed later", approvals(with("notBefore", "2026-11-25T10:05:00.001Z"), nothing, as_made, BOTH), Fail);
    case("revoked at the gate", approvals(with("revokedAt", "2026-11-25T10:30:00Z"), nothing, as_made, BOTH), Fail);
    case("revoked behind the gate", approvals(with("revokedAt", "2026-11-25T10:30:00.001Z"), nothing, as_made, BOTH), Pass);
    case(
        "of another comment",
        approvals(
            keys(),
            nothing,
            |f, made| {
                let mut said = approval_statement(f, ERIN);
                said["predicate"]["comment"] = json!("x");
                *made = envelope(&said, &[ERINS])
            },
            BOTH,
        ),
        Fail,
    );
    case("by two", approvals(keys(), nothing, |f, made| *made = envelope(&approval_statement(f, ERIN), &[ERINS, FRANKS]), BOTH), Fail);
    let head = |place: usize| {
        move |f: &mut Forger, made: &mut Value| {
            let mut said = approval_statement(f, ERIN);
            said["predicate"]["headDigest"] = digest(&f.events()[place]);
            *made = envelope(&said, &[ERINS]);
        }
    };
    case("by an earlier head", approvals(keys(), nothing, head(1), BOTH), Pass);
    case("by the head before there was a policy", approvals(keys(), nothing, head(0), BOTH), Fail);
    // Longer than what is looked into, by the comment.
    let comment = |length: usize| move |f: &mut Forger| drop(f.approval(ERIN).insert("comment".into(), json!("x".repeat(length))));
    case("of a long comment", approvals(keys(), comment(32_000), as_made, BOTH), Pass);
    case("of too long a comment", approvals(keys(), comment(32_768), as_made, BOTH), Fail);
    // A signed approval that the gate did not rely on has lost its key.
    let report = approvals(
        keys(),
        |f| (f.relied_on.remove(0), drop(f.policy().insert("minApprovals".into(), json!(1))), drop(f.policy().remove("groups"))).1,
        as_made,
        BOTH,
    );
    assert_eq!((common::failed(&report), status(&report, "approver_signatures")), (vec![], Pass));
    // An unsigned one has not.
    let report = approvals(keys(), |f| f.relied_on = vec![FRANK], as_made, &BOTH[1..]);
    assert_eq!(common::failed(&report), ["approvals_relied_on"]);
}

#[test]
fn an_approval_taken_back_takes_its_signature_back() {
    // Carol's is revoked, and given again with the old signature.
    let mut forger = Forger::new();
    forger.event(REVOKED)["approvalRevoked"]["approver"]["id"] = json!("carol@example.com");
    forger.event(3)["actor"]["id"] = json!("grace@example.com");
    forger.event(FRANK)["actor"] = json!({"type": "ACTOR_TYPE_HUMAN", "id": "carol@example.com"});
    let first = forger.approval(CAROL).clone();
    forger.approval(FRANK).clone_from(&first);
    for place in [CAROL, FRANK] {
        forger.approval(place).insert("expiresAt".into(), json!("2026-11-25T12:00:00Z"));
    }
    forger.relied_on = vec![3, ERIN, FRANK];
    forger.agree();
    let signed = envelope(&approval_statement(&mut forger, CAROL), &[ERINS]);
    forger.approval(CAROL).insert("signature".into(), signed.clone());
    forger.agree();
    let report = judged(&mut forger, json!({}));
    assert_eq!((common::failed(&report), status(&report, "approver_signatures")), (vec![], NotChecked));
    forger.approval(FRANK).insert("signature".into(), signed);
    forger.agree();
    assert_eq!(common::failed(&judged(&mut forger, json!({}))), ["approver_signatures"]);
}

#[test]
fn nobody_signed_where_nobody_counted() {
    let mut forger = Forger::new();
    forger.relied_on.clear();
    forger.event(GATE)["occurredAt"] = json!("2026-11-28T10:30:00Z");
    forger.event(STARTED)["occurredAt"] = json!("2026-11-28T10:30:00Z");
    forger.event(COMPLETED)["occurredAt"] = json!("2026-11-28T10:30:00Z");
    forger.agree();
    let report = judged(&mut forger, json!({"approverKeys": [key_of("erin", ERINS)]}));
    assert_eq!((common::failed(&report), status(&report, "approver_signatures")), (vec!["quorum_at_gate"], NotChecked));
}

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
