//! Who may pass the gate, where a gate says so.

use serde_json::{Value, json};

use crate::forger::{ERIN, Forger, GATE, fails};

fn case(what: &str, executor: Value, duties: Value, expected: &[&str]) {
    let change = |forger: &mut Forger| {
        forger.event(GATE)["actor"] = executor;
        forger.body(GATE, "executionRequested").insert("separationOfDuties".into(), duties);
    };
    fails(what, Forger::new(), change, expected);
}

fn human(name: &str) -> Value {
    json!({"id": format!("{name}@example.com"), "type": "ACTOR_TYPE_HUMAN"})
}

fn machine(name: &str) -> Value {
    json!({"id": format!("{name}@example.com"), "type": "ACTOR_TYPE_SYSTEM"})
}

#[test]
fn duties_are_separated_where_the_gate_says_so() {
    let fails = &["gate_conditions"][..];
    let requester = || json!({"executorIsNotRequester": true});
    case("the requester", human("bob"), requester(), fails);
    case("the requester, as a machine", machine("bob"), requester(), fails);
    case("somebody else", human("alice"), requester(), &[]);
    case("an approver, where only the requester may not", human("erin"), requester(), &[]);
    let approver = || json!({"approverIsNotExecutor": true});
    case("an approver", human("erin"), approver(), fails);
    case("another approver, as a machine", machine("frank"), approver(), fails);
    case("one whose approval has expired", human("carol"), approver(), &[]);
    case("one whose approval was revoked", human("dave"), approver(), &[]);
    case("the requester, where only an approver may not", human("bob"), approver(), &[]);
    case("anybody", human("erin"), json!({}), &[]);
}

#[test]
fn an_approver_may_pass_a_gate_that_says_nothing() {
    fails("an approver", Forger::new(), |f| f.event(GATE)["actor"] = f.events()[ERIN]["actor"].clone(), &[]);
}
