//! A gate that was passed without its quorum, and the review of it.

use nexus_attest_verify::Status::{self, Fail, NotChecked, Pass};
use nexus_attest_verify::TrustPolicy;
use serde_json::{Value, json};

use crate::common::{failed, status};
use crate::forger::{COMPLETED, Forger, GATE, STARTED, fails};
use crate::guardrails::used;
use crate::signing::judged;

/// One approval short of the policy's quorum, unless the policy is changed.
fn broken() -> Forger {
    let mut forger = Forger::new();
    forger.policy().insert("minApprovals".into(), json!(3));
    forger.event(GATE)["actor"]["id"] = json!("alice@example.com");
    let break_glass = json!({"reason": "it burns", "minApprovals": 2, "reviewBy": "2026-11-26T10:30:00Z"});
    forger.body(GATE, "executionRequested").insert("breakGlass".into(), break_glass);
    forger
}

fn review(forger: &mut Forger, at: usize, reviewer: &str, said: Value) {
    let event = json!({
        "eventId": format!("review {at} by {reviewer}"),
        "decisionId": "06c45bbcfe0ef2967ee9b48fc38d55db",
        "occurredAt": forger.event(at - 1)["occurredAt"],
        "actor": {"id": format!("{reviewer}@example.com"), "type": "ACTOR_TYPE_HUMAN"},
        "executionReviewed": said,
    });
    forger.events().insert(at, event);
}

fn justified() -> Value {
    json!({"verdict": "REVIEW_VERDICT_JUSTIFIED"})
}

/// By a trust policy that accepts what was reviewed.
fn reviewed(what: &str, change: impl FnOnce(&mut Forger), expected: Status) {
    let mut forger = broken();
    change(&mut forger);
    forger.agree();
    let report = judged(&mut forger, json!({"acceptedBreakGlass": "ACCEPTED_BREAK_GLASS_REVIEWED"}));
    assert_eq!((status(&report, "replay"), status(&report, "break_glass")), (Pass, expected), "{what}");
    assert_eq!(failed(&report), if expected == Fail { vec!["break_glass"] } else { vec![] }, "{what}");
}

/// Behind the end.
const END: usize = COMPLETED + 1;

#[test]
fn fewer_approvals_are_not_judged_but_none_are_missing() {
    for (what, least, expected) in [("as many", json!(2), NotChecked), ("more", json!(3), Fail)] {
        let mut forger = broken();
        forger.body(GATE, "executionRequested")["breakGlass"]["minApprovals"] = least;
        forger.agree();
        assert_eq!(status(&forger.report(&TrustPolicy::nobody()), "quorum_at_gate"), expected, "{what}");
    }
    let mut forger = broken();
    forger.policy().insert("minApprovals".into(), json!(2));
    forger.agree();
    assert_eq!(status(&forger.report(&TrustPolicy::nobody()), "quorum_at_gate"), Pass);
    // Seats that are not filled are the same.
    forger.policy().insert("groups".into(), json!([{"group": "legal", "minApprovals": 1}]));
    forger.agree();
    assert_eq!(status(&forger.report(&TrustPolicy::nobody()), "quorum_at_gate"), NotChecked);
    forger.body(GATE, "executionRequested")["breakGlass"].as_object_mut().unwrap().remove("minApprovals");
    forger.agree();
    assert_eq!(status(&forger.report(&TrustPolicy::nobody()), "quorum_at_gate"), NotChecked);
}

#[test]
fn a_trust_policy_says_whether_it_is_accepted() {
    let mut forger = broken();
    forger.agree();
    assert_eq!(status(&forger.report(&TrustPolicy::nobody()), "break_glass"), NotChecked);
    for (accepted, expected) in [
        (json!({}), Fail),
        (json!({"acceptedBreakGlass": "ACCEPTED_BREAK_GLASS_ALL"}), Pass),
        (json!({"acceptedBreakGlass": "ACCEPTED_BREAK_GLASS_REVIEWED"}), Fail),
    ] {
        assert_eq!(status(&judged(&mut forger, accepted.clone()), "break_glass"), expected, "{accepted}");
    }
    let mut regular = Forger::new();
    regular.agree();
    assert_eq!(status(&judged(&mut regular, json!({})), "break_glass"), Pass);
    assert_eq!(status(&regular.report(&TrustPolicy::nobody()), "break_glass"), Pass);
}

#[test]
fn a_review_makes_up_for_the_quorum() {
    reviewed("by somebody", |f| review(f, END, "grace", justified()), Pass);
    reviewed("by nobody, nobody missing", |f| drop(f.policy().insert("minApprovals".into(), json!(2))), Pass);
    reviewed("unjustified", |f| review(f, END, "grace", json!({"verdict": "REVIEW_VERDICT_UNJUSTIFIED"})), Fail);
    let both = |f: &mut Forger| {
        review(f, END, "grace", justified());
        review(f, END + 1, "heidi", json!({"verdict": "REVIEW_VERDICT_UNJUSTIFIED"}));
    };
    reviewed("justified by one, unjustified by another", both, Fail);
    reviewed("by an approver who counted", |f| review(f, END, "erin", justified()), Fail);
    reviewed("by an approver who did not count", |f| review(f, END, "carol", justified()), Pass);
    reviewed("by the requester", |f| review(f, END, "bob", justified()), Fail);
    let by_requester = |f: &mut Forger| {
        f.policy().insert("allowSelfApproval".into(), json!(true));
        review(f, END, "bob", justified());
    };
    reviewed("by the requester, allowed", by_requester, Pass);
    let against_guardrail = |f: &mut Forger| {
        by_requester(f);
        f.body(GATE, "executionRequested").insert("guardrails".into(), used(&[json!({"name": "others"})]));
    };
    reviewed("by the requester, against a guardrail of the gate", against_guardrail, Fail);
    let by_machine = |f: &mut Forger| {
        review(f, END, "grace", justified());
        f.event(END)["actor"]["type"] = json!("ACTOR_TYPE_SYSTEM");
    };
    reviewed("by a machine", by_machine, Fail);
    let allowed = |f: &mut Forger| {
        by_machine(f);
        f.policy().remove("humansOnly");
    };
    reviewed("by a machine, allowed", allowed, Pass);
    let of_group = |groups: Value| {
        move |f: &mut Forger| {
            f.policy().insert("groups".into(), json!([{"group": "security", "minApprovals": 1}, {"group": "legal", "minApprovals": 1}]));
            review(f, END, "grace", json!({"verdict": "REVIEW_VERDICT_JUSTIFIED", "groups": groups}));
        }
    };
    reviewed("by one of the missing group", of_group(json!(["legal"])), Pass);
    reviewed("by one of another group", of_group(json!(["security"])), Fail);
    let four = |f: &mut Forger| {
        f.policy().insert("minApprovals".into(), json!(4));
        review(f, END, "grace", justified());
    };
    reviewed("by too few", four, Fail);
}

#[test]
fn reviews_can_have_happened() {
    let replay = &["replay"][..];
    let case = |what: &str, change: &dyn Fn(&mut Forger), expected: &[&str]| fails(what, broken(), change, expected);
    for (what, at) in [("behind the gate", STARTED), ("while it ran", COMPLETED), ("behind the end", END)] {
        case(what, &|f| review(f, at, "grace", justified()), &[]);
    }
    case("before the gate", &|f| review(f, GATE, "grace", justified()), replay);
    let unknown = |f: &mut Forger| {
        let event = json!({"executionOutcomeUnknown": {}, "eventId": "unknown", "decisionId": "06c45bbcfe0ef2967ee9b48fc38d55db", "occurredAt": f.event(STARTED)["occurredAt"], "actor": {"id": "x", "type": "ACTOR_TYPE_SYSTEM"}});
        f.events().insert(COMPLETED, event);
        review(f, COMPLETED + 1, "grace", justified());
    };
    case("while nobody knew the outcome", &unknown, &[]);
    let failed = |f: &mut Forger| {
        let body = f.event(COMPLETED).as_object_mut().unwrap().remove("executionCompleted").unwrap();
        f.event(COMPLETED)["executionFailed"] = body;
        review(f, END, "grace", justified());
    };
    case("of what failed", &failed, &[]);
    case(
        "of a gate that was passed by its quorum",
        &|f| {
            f.policy().insert("minApprovals".into(), json!(2));
            f.body(GATE, "executionRequested").remove("breakGlass");
            review(f, END, "grace", justified());
        },
        replay,
    );
    case("by who passed the gate", &|f| review(f, END, "alice", justified()), replay);
    case(
        "by who passed the gate, as a machine",
        &|f| {
            review(f, END, "alice", justified());
            f.event(END)["actor"]["type"] = json!("ACTOR_TYPE_SYSTEM");
        },
        replay,
    );
    case(
        "by one twice",
        &|f| {
            review(f, END, "grace", justified());
            review(f, END + 1, "grace", justified());
        },
        replay,
    );
    case(
        "by two",
        &|f| {
            review(f, END, "grace", justified());
            review(f, END + 1, "heidi", justified());
        },
        &[],
    );
    case(
        "the end again behind a review",
        &|f| {
            review(f, END, "grace", justified());
            let mut again = f.event(COMPLETED).clone();
            again["eventId"] = json!("again");
            f.events().push(again);
        },
        replay,
    );
    let schema = &["event_schema"][..];
    case("without a verdict", &|f| review(f, END, "grace", json!({"comment": "x"})), schema);
    case("of break-glass that nobody has to review", &|f| drop(f.body(GATE, "executionRequested").insert("breakGlass".into(), json!({"reason": "x"}))), schema);
    case("of a verdict that is none", &|f| review(f, END, "grace", json!({"verdict": "REVIEW_VERDICT_UNSPECIFIED"})), &["proto_json", "event_schema"]);
}
