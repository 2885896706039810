//! Whether approvers signed their approvals.

use nexus_attest_verify::Report;
use nexus_attest_verify::Status::{self, Fail, NotChecked, Pass};
use serde_json::{Value, json};

use crate::common::seal::digest;
use crate::common::{failed, status};
use crate::forger::{CAROL, COMPLETED, ERIN, FRANK, Forger, GATE, REVOKED, STARTED};
use crate::signing::{ERINS, FRANKS, approval_statement, envelope, judged, public};

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
        |f| {
            f.relied_on.remove(0);
            f.policy().insert("minApprovals".into(), json!(1));
            f.policy().remove("groups");
        },
        as_made,
        BOTH,
    );
    assert_eq!((failed(&report), status(&report, "approver_signatures")), (vec![], Pass));
    // An unsigned one has not.
    let report = approvals(keys(), |f| f.relied_on = vec![FRANK], as_made, &BOTH[1..]);
    assert_eq!(failed(&report), ["approvals_relied_on"]);
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
    assert_eq!((failed(&report), status(&report, "approver_signatures")), (vec![], NotChecked));
    forger.approval(FRANK).insert("signature".into(), signed);
    forger.agree();
    assert_eq!(failed(&judged(&mut forger, json!({}))), ["approver_signatures"]);
}

#[test]
fn an_approver_whose_signed_approval_stands_may_approve_again() {
    // Its key may have been revoked, which is on record elsewhere.
    let mut forger = Forger::new();
    forger.policy().insert("minApprovals".into(), json!(1));
    forger.event(FRANK)["actor"]["id"] = json!("erin@example.com");
    forger.approval(FRANK).insert("groups".into(), json!(["security"]));
    forger.relied_on = vec![FRANK];
    forger.agree();
    assert_eq!(failed(&judged(&mut forger, json!({}))), ["approvals_valid"]);
    let signed = envelope(&approval_statement(&mut forger, ERIN), &[ERINS]);
    forger.approval(ERIN).insert("signature".into(), signed);
    forger.agree();
    assert_eq!(failed(&judged(&mut forger, json!({}))), [""; 0]);
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
    assert_eq!((failed(&report), status(&report, "approver_signatures")), (vec!["quorum_at_gate"], NotChecked));
}
