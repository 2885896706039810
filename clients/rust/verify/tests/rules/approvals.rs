//! When an approval counts, and whether they are enough.

use serde_json::{Value, json};

use crate::forger::{CAROL, ERIN, FRANK, Forger, REVOKED, fails};

/// What fails if frank's approval counts for nothing, and should not have been given.
const FRANK_IS_NO_APPROVER: [&str; 3] = ["approvals_valid", "approvals_relied_on", "quorum_at_gate"];
/// The same if it is carol's: she had expired anyway.
const CAROL_IS_NO_APPROVER: [&str; 1] = ["approvals_valid"];

fn case(what: &str, change: impl FnOnce(&mut Forger), expected: &[&str]) {
    fails(what, Forger::new(), change, expected);
}

#[test]
fn approvals_are_eligible() {
    let bob = |forger: &mut Forger| forger.event(FRANK)["actor"]["id"] = json!("bob@example.com");
    case("the requester's own", bob, &FRANK_IS_NO_APPROVER);
    case(
        "the requester's own, as a machine",
        |f| {
            bob(f);
            f.policy().remove("humansOnly");
            f.event(FRANK)["actor"]["type"] = json!("ACTOR_TYPE_SYSTEM");
        },
        &FRANK_IS_NO_APPROVER,
    );
    case(
        "the requester's own, allowed",
        |f| {
            bob(f);
            f.policy().insert("allowSelfApproval".into(), json!(true));
        },
        &[],
    );
    let machine = |forger: &mut Forger| forger.event(FRANK)["actor"]["type"] = json!("ACTOR_TYPE_SYSTEM");
    case("a machine's", machine, &FRANK_IS_NO_APPROVER);
    case(
        "a machine's, allowed",
        |f| {
            machine(f);
            f.policy().remove("humansOnly");
        },
        &[],
    );
    for blank in ["\u{9}\u{d} \u{a0}\u{1680}\u{2000}\u{200a}", "\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}"] {
        case("a blank comment", |f| drop(f.approval(FRANK).insert("comment".into(), json!(blank))), &FRANK_IS_NO_APPROVER);
    }
    case("a comment that only looks blank", |f| drop(f.approval(FRANK).insert("comment".into(), json!("\u{200b}\u{85}\u{180e}"))), &[]);
    case("no comment", |f| drop(f.approval(FRANK).remove("comment")), &FRANK_IS_NO_APPROVER);
    case(
        "no comment, not required",
        |f| {
            f.approval(FRANK).remove("comment");
            f.policy().remove("requireComment");
        },
        &[],
    );
    let expires = |forger: &mut Forger, time: &str| drop(forger.approval(FRANK).insert("expiresAt".into(), json!(time)));
    case("too long a life", |f| expires(f, "2026-11-26T10:20:00.001Z"), &FRANK_IS_NO_APPROVER);
    case("an endless life", |f| drop(f.approval(FRANK).remove("expiresAt")), &FRANK_IS_NO_APPROVER);
    case(
        "an endless life, allowed",
        |f| {
            f.approval(FRANK).remove("expiresAt");
            f.policy().remove("maxApprovalLifetimeSeconds");
        },
        &[],
    );
    case("no signatures where they are required", |f| drop(f.policy().insert("requireSignedApprovals".into(), json!(true))), &FRANK_IS_NO_APPROVER);
}

#[test]
fn approvals_stand() {
    let expires = |forger: &mut Forger, place: usize, time: &str| drop(forger.approval(place).insert("expiresAt".into(), json!(time)));
    case("one that expires when it is given", |f| expires(f, CAROL, "2026-11-25T09:10:00.250Z"), &CAROL_IS_NO_APPROVER);
    case("one that stands at the gate for a millisecond more", |f| expires(f, CAROL, "2026-11-25T10:30:00.001Z"), &["approvals_relied_on"]);
    case(
        "that one, relied on",
        |f| {
            expires(f, CAROL, "2026-11-25T10:30:00.001Z");
            f.relied_on.insert(0, CAROL);
        },
        &[],
    );
    case("one that has expired, relied on", |f| f.relied_on.insert(0, CAROL), &["approvals_relied_on"]);
    case("one that was revoked, relied on", |f| f.relied_on.insert(0, 3), &["approvals_relied_on"]);
    case("in another order", |f| f.relied_on.reverse(), &["approvals_relied_on"]);
    case("one of them, relied on twice", |f| f.relied_on.push(FRANK), &["approvals_relied_on"]);
    let erin_again = |forger: &mut Forger| forger.event(FRANK)["actor"] = json!({"id": "erin@example.com", "type": "ACTOR_TYPE_HUMAN"});
    case("a second one while the first stands", erin_again, &FRANK_IS_NO_APPROVER);
    case(
        "after the first was revoked",
        |f| {
            f.event(FRANK)["actor"]["id"] = json!("dave@example.com");
        },
        &[],
    );
    case(
        "after the first has expired",
        |f| {
            erin_again(f);
            expires(f, ERIN, "2026-11-25T10:20:00Z");
        },
        &["approvals_relied_on", "quorum_at_gate"],
    );
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
        |f| {
            groups(f, two.clone());
            names(f, ERIN, json!(["operations", "security"]));
            names(f, FRANK, json!(["others"]));
        },
        &["quorum_at_gate"],
    );
    case(
        "seats if the first moves",
        |f| {
            groups(f, two.clone());
            names(f, ERIN, json!(["operations", "security"]));
            names(f, FRANK, json!(["security"]));
        },
        &[],
    );
}
