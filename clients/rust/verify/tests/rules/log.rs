//! Whether events can be read, and can have happened.

use nexus_attest_verify::TrustPolicy;
use serde_json::{Value, json};

use crate::common::failed;
use crate::common::seal::{bind, digest};
use crate::forger::{ATTACHED, CAROL, COMPLETED, CREATED, FRANK, Forger, GATE, REVOKED, STARTED, fails, fails_behind};

fn case(what: &str, change: impl FnOnce(&mut Forger), expected: &[&str]) {
    fails(what, Forger::new(), change, expected);
}

#[test]
fn events_can_be_read() {
    let schema = &["event_schema"][..];
    let group = |name: String| json!({"group": name, "minApprovals": 1});
    case("no actor", |f| drop(f.event(FRANK).as_object_mut().unwrap().remove("actor")), schema);
    case("no id of the actor", |f| drop(f.event(FRANK)["actor"].as_object_mut().unwrap().remove("id")), schema);
    case("no call in a step", |f| drop(f.event(CREATED)["decisionCreated"]["plan"]["steps"][0].as_object_mut().unwrap().remove("call")), schema);
    case("labels out of order", |f| f.event(CREATED)["decisionCreated"]["labels"].as_array_mut().unwrap().reverse(), schema);
    case("no approval needed", |f| drop(f.policy().remove("minApprovals")), schema);
    case("too many needed", |f| drop(f.policy().insert("minApprovals".into(), json!(101))), schema);
    case("16 groups", |f| drop(f.policy().insert("groups".into(), (0..16).map(|n| group(n.to_string())).collect())), &["quorum_at_gate"]);
    case("17 groups", |f| drop(f.policy().insert("groups".into(), (0..17).map(|n| group(n.to_string())).collect())), schema);
    case("a group twice", |f| drop(f.policy().insert("groups".into(), json!([group("a".into()), group("a".into())]))), schema);
    case("a group of nobody", |f| drop(f.policy().insert("groups".into(), json!([{"group": "security"}]))), schema);
    case("two bodies", |f| f.event(STARTED)["decisionCancelled"] = json!({}), schema);
    case("no body", |f| drop(f.event(STARTED).as_object_mut().unwrap().remove("executionStarted")), schema);
    case("a time that is none", |f| f.event(STARTED)["occurredAt"] = json!("2026-11-25T10:30:00.040+00:00"), &["proto_json", "event_schema"]);
    case("a name that is none", |f| f.event(FRANK)["actor"]["type"] = json!("ACTOR_TYPE_UNSPECIFIED"), &["proto_json", "event_schema"]);
}

#[test]
fn the_log_can_have_happened() {
    let replay = &["replay"][..];
    let insert = |forger: &mut Forger, at: usize, mut event: Value| {
        event["eventId"] = json!("another");
        event["occurredAt"] = forger.event(at - 1)["occurredAt"].clone();
        forger.events().insert(at, event);
        forger.relied_on.iter_mut().filter(|place| **place >= at).for_each(|place| *place += 1);
    };
    let again = |forger: &mut Forger, at: usize, place: usize| {
        let event = forger.event(place).clone();
        insert(forger, at, event);
    };
    let reason = |name: &str| json!({"actor": {"id": "x", "type": "ACTOR_TYPE_HUMAN"}, "decisionId": "06c45bbcfe0ef2967ee9b48fc38d55db", name: {}});
    case("a second policy", |f| again(f, 2, ATTACHED), replay);
    case("an approval before the policy", |f| again(f, ATTACHED, CAROL), replay);
    case("rejected, and yet executed", |f| insert(f, 2, reason("decisionRejected")), replay);
    case("cancelled, and yet executed", |f| insert(f, 2, reason("decisionCancelled")), replay);
    case("the gate twice", |f| again(f, STARTED, GATE), replay);
    case("started twice", |f| again(f, COMPLETED, STARTED), replay);
    case("completed and never started", |f| drop(f.events().remove(STARTED)), replay);
    case("unknown before it started", |f| insert(f, STARTED, reason("executionOutcomeUnknown")), replay);
    case("unknown, then completed", |f| insert(f, COMPLETED, reason("executionOutcomeUnknown")), &[]);
    case("an approval behind the gate", |f| again(f, STARTED, FRANK), replay);
    case("something behind the end", |f| again(f, COMPLETED + 1, COMPLETED), replay);
    case("another decision's event", |f| f.event(CAROL)["decisionId"] = json!("another"), &["event_sequence", "replay"]);
    case("an event id twice", |f| f.event(CAROL)["eventId"] = f.events()[REVOKED]["eventId"].clone(), &["event_sequence"]);
    case("a first event that is not the first", |f| f.event(CREATED)["seq"] = json!(1), &["event_sequence", "replay"]);
    fails_behind("a seq that is not its place", |f| f.event(COMPLETED)["seq"] = json!(COMPLETED + 1), &["event_sequence", "replay"]);
    case("a first event behind another", |f| f.event(CREATED)["previousDigest"] = json!("another"), &["event_chain", "replay"]);
    case("back in time", |f| f.event(FRANK)["occurredAt"] = json!("2026-11-25T10:04:59.999Z"), &["event_sequence", "replay"]);
    case("another decision's bundle", |f| f.package["controlBundle"]["decisionId"] = json!("another"), &["event_sequence"]);
}

#[test]
fn the_chain_is_whole() {
    let mut forger = Forger::new();
    forger.agree();
    forger.event(COMPLETED)["previousDigest"] = digest(&forger.events()[GATE]);
    forger.package["controlBundle"]["headDigest"] = digest(forger.event(COMPLETED));
    bind(&mut forger.package);
    assert_eq!(failed(&forger.report(&TrustPolicy::nobody())), ["event_chain", "replay"]);
}
