//! What guardrails make of a policy, and which of them have to be there.

use nexus_attest_verify::Status::{self, Fail, Pass};
use serde_json::{Value, json};

use crate::common::seal::digest;
use crate::common::{failed, status};
use crate::forger::{ATTACHED, CREATED, ERIN, FRANK, Forger, GATE, fails};
use crate::signing::judged;

const ON_POLICY: (usize, &str) = (ATTACHED, "policyAttached");
const ON_GATE: (usize, &str) = (GATE, "executionRequested");

/// As POLICY_ATTACHED and EXECUTION_REQUESTED name them.
pub fn used(guardrails: &[Value]) -> Value {
    guardrails.iter().map(|guardrail| json!({"digest": digest(guardrail), "guardrail": guardrail})).collect()
}

fn put(forger: &mut Forger, (place, body): (usize, &str), guardrails: &[Value]) {
    forger.body(place, body).insert("guardrails".into(), used(guardrails));
}

/// The same whether they matched when the policy was attached or at the gate.
fn at_both(what: &str, change: impl Fn(&mut Forger), guardrails: &[Value], expected: &[&str]) {
    for (when, event) in [("on the policy", ON_POLICY), ("on the gate", ON_GATE)] {
        let forge = |forger: &mut Forger| {
            change(forger);
            put(forger, event, guardrails);
        };
        fails(&format!("{what}, {when}"), Forger::new(), forge, expected);
    }
}

/// What it makes of approvals: one on the gate says nothing of whether they were allowed when they were given.
fn of_approvals(what: &str, change: impl Fn(&mut Forger) + Copy, guardrail: Value) {
    fails(what, Forger::new(), change, &[]);
    for (event, expected) in
        [(ON_POLICY, &["approvals_valid", "approvals_relied_on", "quorum_at_gate"][..]), (ON_GATE, &["approvals_relied_on", "quorum_at_gate"])]
    {
        let forge = |forger: &mut Forger| {
            change(forger);
            put(forger, event, std::slice::from_ref(&guardrail));
        };
        fails(what, Forger::new(), forge, expected);
    }
}

fn nothing(_: &mut Forger) {}

#[test]
fn they_raise_numbers_and_modes() {
    let quorum = &["quorum_at_gate"][..];
    at_both("more approvals", nothing, &[json!({"minApprovals": 3})], quorum);
    at_both("as many", nothing, &[json!({"minApprovals": 2})], &[]);
    at_both("fewer approvals", |f| drop(f.policy().insert("minApprovals".into(), json!(3))), &[json!({"minApprovals": 1})], quorum);
    let conditions = &["gate_conditions"][..];
    at_both("its mode", nothing, &[json!({"allowedModes": ["MODE_APPLY"]})], &[]);
    at_both("another mode", nothing, &[json!({"allowedModes": ["MODE_DRY_RUN"]})], conditions);
    at_both("a mode each", nothing, &[json!({"allowedModes": ["MODE_DRY_RUN"]}), json!({"allowedModes": ["MODE_APPLY"]})], conditions);
    let dry_run = |f: &mut Forger| drop(f.policy().insert("allowedModes".into(), json!(["MODE_DRY_RUN"])));
    at_both("a mode that the policy does not allow", dry_run, &[json!({"allowedModes": ["MODE_APPLY"]})], conditions);
    let both = |f: &mut Forger| {
        put(f, ON_POLICY, &[json!({"minApprovals": 3})]);
        put(f, ON_GATE, &[json!({"minApprovals": 1})]);
    };
    fails("of both lists the larger", Forger::new(), both, quorum);
}

#[test]
fn they_raise_what_an_approval_has_to_be() {
    let own = |f: &mut Forger| {
        f.policy().insert("allowSelfApproval".into(), json!(true));
        f.event(FRANK)["actor"]["id"] = json!("bob@example.com");
    };
    of_approvals("the requester's own", own, json!({"name": "others"}));
    at_both("the requester's own, allowed by both", own, &[json!({"allowSelfApproval": true})], &[]);
    let machine = |f: &mut Forger| {
        f.policy().remove("humansOnly");
        f.event(FRANK)["actor"]["type"] = json!("ACTOR_TYPE_SYSTEM");
    };
    of_approvals("a machine's", machine, json!({"humansOnly": true}));
    at_both("a machine's, which nobody minds", machine, &[json!({"name": "others"})], &[]);
    of_approvals("not signed", nothing, json!({"requireSignedApprovals": true}));
    let endless = |f: &mut Forger| {
        f.policy().remove("maxApprovalLifetimeSeconds");
        f.approval(FRANK).remove("expiresAt");
    };
    of_approvals("of an endless life", endless, json!({"maxApprovalLifetimeSeconds": 86400}));
    of_approvals("of a longer life", nothing, json!({"maxApprovalLifetimeSeconds": 60}));
    let unlimited = |f: &mut Forger| drop(f.approval(FRANK).remove("expiresAt"));
    let all = &["approvals_valid", "approvals_relied_on", "quorum_at_gate"][..];
    at_both("a limit of the policy's alone", unlimited, &[json!({"name": "others"})], all);
    let day = |f: &mut Forger| drop(f.approval(FRANK).insert("expiresAt".into(), json!("2026-11-26T10:20:01Z")));
    at_both("a longer limit than the policy's", day, &[json!({"maxApprovalLifetimeSeconds": 172800})], all);
    let self_approved = |f: &mut Forger| f.event(FRANK)["actor"]["id"] = json!("bob@example.com");
    at_both("the requester's own, allowed by it alone", self_approved, &[json!({"allowSelfApproval": true})], all);
}

#[test]
fn they_raise_groups() {
    let quorum = &["quorum_at_gate"][..];
    let of = |name: &str, count: usize| json!({"groups": [{"group": name, "minApprovals": count}]});
    at_both("the same seats", nothing, &[of("security", 1)], &[]);
    at_both("more seats", nothing, &[of("security", 2)], quorum);
    let two = |f: &mut Forger| drop(f.policy().insert("groups".into(), json!([{"group": "security", "minApprovals": 2}])));
    at_both("fewer seats", two, &[of("security", 1)], quorum);
    at_both("another group", nothing, &[of("legal", 1)], quorum);
    at_both("another group's, filled", |f| drop(f.approval(FRANK).insert("groups".into(), json!(["legal"]))), &[of("legal", 1)], &[]);
    // Every seat could be filled.
    for (floor, expected) in [("15", &[][..]), ("16", quorum)] {
        let many = |f: &mut Forger| {
            let groups = (0..16).map(|number| json!({"group": number.to_string(), "minApprovals": 1})).collect();
            f.policy().insert("groups".into(), groups);
            put(f, ON_POLICY, &[of(floor, 1)]);
            for number in 0..17 {
                let mut approval = f.event(FRANK).clone();
                approval["eventId"] = json!(format!("of group {number}"));
                approval["actor"]["id"] = json!(format!("member-{number}"));
                approval["approvalGranted"]["groups"] = json!([number.to_string()]);
                f.events().insert(GATE, approval);
            }
            f.relied_on = (ERIN..GATE + 17).collect();
        };
        fails(&format!("a seat in group {floor}"), Forger::new(), many, expected);
    }
}

#[test]
fn they_require_labels() {
    let conditions = &["gate_conditions"][..];
    let label = |required: Value| [json!({"requiredLabels": [{"key": "ticket"}, required]})];
    at_both("a label", nothing, &label(json!({"key": "env"})), &[]);
    at_both("one of its values", nothing, &label(json!({"key": "env", "values": ["staging", "production"]})), &[]);
    at_both("none of its values", nothing, &label(json!({"key": "env", "values": ["staging", "OPS-1042"]})), conditions);
    at_both("a label of the policy's", nothing, &label(json!({"key": "owner"})), conditions);
    let twice = |f: &mut Forger| f.body(CREATED, "decisionCreated")["labels"][1] = json!({"key": "env", "value": "staging"});
    at_both("the first of two with the key", twice, &[json!({"requiredLabels": [{"key": "env", "values": ["production"]}]})], &[]);
    at_both("the second of two with the key", twice, &[json!({"requiredLabels": [{"key": "env", "values": ["staging"]}]})], &[]);
}

#[test]
fn they_are_those_that_their_digests_name() {
    let (one, other) = (json!({"name": "one"}), json!({"name": "other"}));
    let wrong = &["guardrails"][..];
    at_both("two", nothing, &[one.clone(), other.clone()], &[]);
    at_both("one twice", nothing, &[one.clone(), other.clone(), one.clone()], wrong);
    let in_both = |f: &mut Forger| {
        put(f, ON_POLICY, std::slice::from_ref(&one));
        put(f, ON_GATE, std::slice::from_ref(&one));
    };
    fails("one in both lists", Forger::new(), in_both, &[]);
    for event in [ON_POLICY, ON_GATE] {
        let of_other = |f: &mut Forger| {
            put(f, event, std::slice::from_ref(&one));
            f.body(event.0, event.1)["guardrails"][0]["digest"] = digest(&other);
        };
        fails("another's digest", Forger::new(), of_other, wrong);
        let of_none = |f: &mut Forger| {
            put(f, event, std::slice::from_ref(&one));
            f.body(event.0, event.1)["guardrails"][0].as_object_mut().unwrap().remove("digest");
        };
        fails("no digest", Forger::new(), of_none, wrong);
    }
}

#[test]
fn a_trust_policy_insists_on_them_at_the_gate() {
    let (one, other) = (json!({"name": "one"}), json!({"name": "other"}));
    let insisting = |what: &str, event: (usize, &str), required: &[&Value], expected: Status| {
        let mut forger = Forger::new();
        put(&mut forger, event, &[one.clone(), json!({"name": "third"})]);
        forger.agree();
        let digests: Value = required.iter().map(|guardrail| digest(guardrail)).collect();
        let report = judged(&mut forger, json!({"requiredGuardrails": digests}));
        assert_eq!(status(&report, "guardrails"), expected, "{what}");
        assert_eq!(failed(&report), if expected == Fail { vec!["guardrails"] } else { vec![] }, "{what}");
    };
    insisting("on none", ON_GATE, &[], Pass);
    insisting("on one that was in force", ON_GATE, &[&one], Pass);
    insisting("on another besides", ON_GATE, &[&one, &other], Fail);
    insisting("on one that was in force when the policy was attached", ON_POLICY, &[&one], Fail);
    let mut bare = Forger::new();
    bare.agree();
    assert_eq!(status(&judged(&mut bare, json!({})), "guardrails"), Pass);
}

#[test]
fn they_can_be_read() {
    let schema = &["event_schema"][..];
    let group = |name: String| json!({"group": name, "minApprovals": 1});
    let many = |count: usize| (0..count).map(|number| json!({"name": number.to_string()})).collect::<Vec<_>>();
    at_both("32", nothing, &many(32), &[]);
    at_both("33", nothing, &many(33), schema);
    at_both("too many approvals", nothing, &[json!({"minApprovals": 101})], schema);
    at_both("a hundred approvals", nothing, &[json!({"minApprovals": 100})], &["quorum_at_gate"]);
    at_both("17 groups", nothing, &[json!({"groups": (0..17).map(|number| group(number.to_string())).collect::<Vec<_>>()})], schema);
    at_both("a group twice", nothing, &[json!({"groups": [group("a".into()), group("a".into())]})], schema);
    at_both("a group of nobody", nothing, &[json!({"groups": [{"group": "a"}]})], schema);
    at_both("labels to match out of order", nothing, &[json!({"match": {"labels": [{"key": "b"}, {"key": "a"}]}})], schema);
    at_both("what it matches", nothing, &[json!({"match": {"adapters": ["others"], "labels": [{"key": "a"}], "modes": ["MODE_DRY_RUN"]}})], &[]);
    at_both("a name that is none", nothing, &[json!({"allowedModes": ["MODE_UNSPECIFIED"]})], &["proto_json", "event_schema"]);
    fails(
        "none where its digest is",
        Forger::new(),
        |f| drop(f.body(GATE, "executionRequested").insert("guardrails".into(), json!([{"digest": "x"}]))),
        schema,
    );
}
