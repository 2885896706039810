//! Rules about approvals and the gate, one at a time.

mod common;

use common::forger::{ATTACHED, CAROL, COMPLETED, CREATED, ERIN, FRANK, Forger, GATE, REVOKED, STARTED, fails};
use serde_json::{Value, json};

/// What fails if frank's approval counts for nothing, and should not have been given.
const FRANK_IS_NO_APPROVER: [&str; 3] = ["approvals_valid", "approvals_relied_on", "quorum_at_gate"];
/// The same if it is carol's: she had expired anyway.
const CAROL_IS_NO_APPROVER: [&str; 1] = ["approvals_valid"];

fn case(what: &str, change: impl FnOnce(&mut Forger), expected: &[&str]) {
    fails(what, Forger::new(), change, expected);
}

#[test]
fn what_agrees_passes() {
    case("nothing changed", |_| {}, &[]);
    fails("nothing changed, with its template", Forger::with_template(), |_| {}, &[]);
}

#[test]
fn approvals_are_eligible() {
    let bob = |forger: &mut Forger| forger.event(FRANK)["actor"]["id"] = json!("bob@example.com");
    case("the requester's own", bob, &FRANK_IS_NO_APPROVER);
    case(
        "the requester's own, as a machine",
        |f| (bob(f), f.policy().remove("humansOnly"), f.event(FRANK)["actor"]["type"] = json!("ACTOR_TYPE_SYSTEM")).2,
        &FRANK_IS_NO_APPROVER,
    );
    case("the requester's own, allowed", |f| (bob(f), f.policy().insert("allowSelfApproval".into(), json!(true))).0, &[]);
    let machine = |forger: &mut Forger| forger.event(FRANK)["actor"]["type"] = json!("ACTOR_TYPE_SYSTEM");
    case("a machine's", machine, &FRANK_IS_NO_APPROVER);
    case("a machine's, allowed", |f| (machine(f), drop(f.policy().remove("humansOnly"))).1, &[]);
    for blank in ["\u{9}\u{d} \u{a0}\u{1680}\u{2000}\u{200a}", "\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}"] {
        case("a blank comment", |f| drop(f.approval(FRANK).insert("comment".into(), json!(blank))), &FRANK_IS_NO_APPROVER);
    }
    case("a comment that only looks blank", |f| drop(f.approval(FRANK).insert("comment".into(), json!("\u{200b}\u{85}\u{180e}"))), &[]);
    case("no comment", |f| drop(f.approval(FRANK).remove("comment")), &FRANK_IS_NO_APPROVER);
    case("no comment, not required", |f| (f.approval(FRANK).remove("comment"), drop(f.policy().remove("requireComment"))).1, &[]);
    let expires = |forger: &mut Forger, time: &str| drop(forger.approval(FRANK).insert("expiresAt".into(), json!(time)));
    case("too long a life", |f| expires(f, "2026-11-26T10:20:00.001Z"), &FRANK_IS_NO_APPROVER);
    case("an endless life", |f| drop(f.approval(FRANK).remove("expiresAt")), &FRANK_IS_NO_APPROVER);
    case("an endless life, allowed", |f| (f.approval(FRANK).remove("expiresAt"), drop(f.policy().remove("maxApprovalLifetimeSeconds"))).1, &[]);
    case("no signatures where they are required", |f| drop(f.policy().insert("requireSignedApprovals".into(), json!(true))), &FRANK_IS_NO_APPROVER);
}

#[test]
fn approvals_stand() {
    let expires = |forger: &mut Forger, place: usize, time: &str| drop(forger.approval(place).insert("expiresAt".into(), json!(time)));
    case("one that expires when it is given", |f| expires(f, CAROL, "2026-11-25T09:10:00.250Z"), &CAROL_IS_NO_APPROVER);
    case("one that stands at the gate for a millisecond more", |f| expires(f, CAROL, "2026-11-25T10:30:00.001Z"), &["approvals_relied_on"]);
    case("that one, relied on", |f| (expires(f, CAROL, "2026-11-25T10:30:00.001Z"), f.relied_on.insert(0, CAROL)).1, &[]);
    case("one that has expired, relied on", |f| f.relied_on.insert(0, CAROL), &["approvals_relied_on"]);
    case("one that was revoked, relied on", |f| f.relied_on.insert(0, 3), &["approvals_relied_on"]);
    case("in another order", |f| f.relied_on.reverse(), &["approvals_relied_on"]);
    case("one of them, relied on twice", |f| f.relied_on.push(FRANK), &["approvals_relied_on"]);
    let erin_again = |forger: &mut Forger| forger.event(FRANK)["actor"] = json!({"id": "erin@example.com", "type": "ACTOR_TYPE_HUMAN"});
    case("a second one while the first stands", erin_again, &FRANK_IS_NO_APPROVER);
    case("after the first was revoked", |f| (f.event(FRANK)["actor"]["id"] = json!("dave@example.com"), ()).1, &[]);
    case("after the first has expired", |f| (erin_again(f), expires(f, ERIN, "2026-11-25T10:20:00Z")).1, &["approvals_relied_on", "quorum_at_gate"]);
    case("a revocation of nobody's", |f| f.event(REVOKED)["approvalRevoked"]["approver"]["type"] = json!("ACTOR_TYPE_SYSTEM"), &["replay"]);
    case("a revocation by somebody else", |f| f.event(REVOKED)["actor"]["id"] = json!("carol@example.com"), &[]);
}

#[test]
fn the_quorum_holds() {
    case("one more wanted", |f| drop(f.policy().insert("minApprovals".into(), json!(3))), &["quorum_at_gate"]);
    let groups = |forger: &mut Forger, groups: Value| drop(forger.policy().insert("groups".into(), groups));
    let names = |forger: &mut Forger, place: usize, groups: Value| drop(forger.approval(place).insert("groups".into(), groups));
    case("two seats, one in the group", |f| groups(f, json!([{"group": "security", "minApprovals": 2}])), &["quorum_at_gate"]);
    let two = json!([{"group": "security", "minApprovals": 1}, {"group": "operations", "minApprovals": 1}]);
    case("a seat each", |f| groups(f, two.clone()), &[]);
    case(
        "two seats for one",
        |f| (groups(f, two.clone()), names(f, ERIN, json!(["operations", "security"])), names(f, FRANK, json!(["others"]))).2,
        &["quorum_at_gate"],
    );
    case(
        "seats if the first moves",
        |f| (groups(f, two.clone()), names(f, ERIN, json!(["operations", "security"])), names(f, FRANK, json!(["security"]))).2,
        &[],
    );
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
    case("the request's adapter", |f| (set(CREATED, "decisionCreated", "adapterId", json!("files"))(f), drop(f.policy().remove("allowedAdapters"))).1, &[]);
    case(
        "the request's adapter, not allowed",
        |f| (set(CREATED, "decisionCreated", "adapterId", json!("files"))(f), drop(f.policy().insert("allowedAdapters".into(), json!(["x"])))).1,
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
    case("more steps executed, failed for it", |f| (completed(f, "stepsExecuted", json!(6)), failed(f, "MAX_STEPS_EXCEEDED")).1, &[]);
    case("more steps executed, failed for something else", |f| (completed(f, "stepsExecuted", json!(6)), failed(f, "STEP_FAILED")).1, &["outcome"]);
    case("by an operator's word", |f| completed(f, "settlement", json!({"basis": "SETTLEMENT_BASIS_OPERATOR_STATEMENT"})), &["outcome"]);
    case("by the router's answer", |f| completed(f, "settlement", json!({"basis": "SETTLEMENT_BASIS_ROUTER_ANSWER"})), &[]);
    case("never started", |f| (failed(f, "START_EXPIRED"), drop(f.events().remove(STARTED))).1, &["outcome"]);
    case("without a run", |f| drop(f.body(COMPLETED, "executionCompleted").remove("runId")), &["outcome"]);
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
    case("an approval before the policy", |f| f.events().swap(1, 2), &["event_sequence", "replay"]);
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
    case("back in time", |f| f.event(FRANK)["occurredAt"] = json!("2026-11-25T10:04:59.999Z"), &["event_sequence", "replay"]);
    case("another decision's bundle", |f| f.package["controlBundle"]["decisionId"] = json!("another"), &["event_sequence"]);
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
