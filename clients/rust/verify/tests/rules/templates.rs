//! What overrides may do to a template's policy, one rule at a time.

use crate::common::seal::digest;
use crate::forger::{ATTACHED, Forger, fails};
use serde_json::{Value, json};

/// The template's policy, the overrides, and what the log says came of them.
fn judged(what: &str, (template, overrides, policy): (Value, Value, Value), expected: &[&str]) {
    let change = |forger: &mut Forger| {
        let event = &mut forger.package["template"];
        merge(&mut event["templateCreated"]["policy"], &template);
        let (made, used) = (event.clone(), &mut forger.package["controlBundle"]["events"][ATTACHED]["policyAttached"]);
        used["template"]["templatePolicy"] = made["templateCreated"]["policy"].clone();
        used["template"]["digest"] = digest(&made);
        merge(&mut used["template"]["overrides"], &overrides);
        merge(&mut used["policy"], &policy);
    };
    fails(what, Forger::with_template(), change, expected);
}

/// `null` takes a field out.
fn merge(into: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(into.as_object_mut().unwrap().remove(name)),
            value => into[name] = value.clone(),
        }
    }
}

const TEMPLATE: &[&str] = &["template"];

#[test]
fn numbers_can_only_be_tightened() {
    judged("nothing changed", (json!({}), json!({}), json!({})), &[]);
    judged("another policy than comes of it", (json!({}), json!({}), json!({"maxSteps": 4})), TEMPLATE);
    judged("fewer approvals", (json!({"minApprovals": 3}), json!({}), json!({})), TEMPLATE);
    judged("fewer steps", (json!({"maxSteps": 6}), json!({}), json!({})), &[]);
    judged("more steps", (json!({"maxSteps": 4}), json!({}), json!({})), TEMPLATE);
    judged("no limit instead of one", (json!({"maxSteps": 6}), json!({"maxSteps": 0}), json!({"maxSteps": null})), TEMPLATE);
    judged("no limit where there was none", (json!({}), json!({"maxSteps": 0}), json!({"maxSteps": null})), &[]);
    judged("a longer life", (json!({"maxApprovalLifetimeSeconds": 86_399}), json!({}), json!({})), TEMPLATE);
    judged("a template out of bounds", (json!({"minApprovals": null}), json!({}), json!({})), TEMPLATE);
}

#[test]
fn flags_can_only_be_tightened() {
    judged("a flag let go", (json!({"requireComment": true}), json!({"requireComment": false}), json!({"requireComment": null})), TEMPLATE);
    judged("a flag that was not set", (json!({}), json!({"requireComment": false}), json!({"requireComment": null})), &[]);
    judged("humans only let go", (json!({}), json!({"humansOnly": false}), json!({"humansOnly": null})), TEMPLATE);
    judged("self-approval let in", (json!({}), json!({"allowSelfApproval": true}), json!({"allowSelfApproval": true})), TEMPLATE);
    judged("self-approval shut out", (json!({"allowSelfApproval": true}), json!({"allowSelfApproval": false}), json!({})), &[]);
}

#[test]
fn lists_can_only_be_tightened() {
    let adapters = |overrides: Value, policy: Value| (json!({}), json!({"allowedAdapters": overrides}), json!({"allowedAdapters": policy}));
    judged("in the template's order", adapters(json!(["files-standby", "files"]), json!(["files", "files-standby"])), &[]);
    judged("in another order", adapters(json!(["files-standby", "files"]), json!(["files-standby", "files"])), TEMPLATE);
    judged("one twice", adapters(json!(["files", "files"]), json!(["files"])), TEMPLATE);
    judged("one more", adapters(json!(["files", "others"]), json!(["files"])), TEMPLATE);
    judged("where the template lists none", (json!({"allowedAdapters": null}), json!({}), json!({})), TEMPLATE);
    let modes = json!(["MODE_APPLY"]);
    judged("a mode less", (json!({}), json!({"allowedModes": modes}), json!({"allowedModes": modes})), &[]);
    judged("a mode more", (json!({"allowedModes": ["MODE_DRY_RUN"]}), json!({"allowedModes": modes}), json!({"allowedModes": modes})), TEMPLATE);

    let capabilities =
        |overrides: Value, policy: Value| (json!({}), json!({"requireAdapterCapabilities": overrides}), json!({"requireAdapterCapabilities": policy}));
    judged("a capability more", capabilities(json!(["apply", "timeout"]), json!(["timeout", "apply"])), &[]);
    judged("a capability twice", capabilities(json!(["apply", "apply"]), json!(["timeout", "apply", "apply"])), TEMPLATE);
    let many = |count: usize| (0..count).map(|number| format!("c{number:02}")).collect::<Vec<_>>();
    judged("32 capabilities", capabilities(json!(many(31)), json!([vec!["timeout".to_owned()], many(31)].concat())), &["gate_conditions"]);
    judged("33 capabilities", capabilities(json!(many(32)), json!([vec!["timeout".to_owned()], many(32)].concat())), &["template", "gate_conditions"]);
}

#[test]
fn labels_and_groups_can_only_be_added_to() {
    let label = |key: &str, value: &str| json!({"key": key, "value": value});
    let labels = |overrides: Value, policy: Value| (json!({}), json!({"labels": overrides}), json!({"labels": policy}));
    let own = label("owner", "platform");
    judged("a label more", labels(json!([label("a", "b"), own]), json!([label("a", "b"), own])), &[]);
    judged("labels out of order", labels(json!([label("a", "b")]), json!([own, label("a", "b")])), &["event_schema"]);
    judged("a label of another value", labels(json!([label("owner", "me")]), json!([own])), TEMPLATE);
    judged("a label twice", labels(json!([label("a", "b"), label("a", "b")]), json!([label("a", "b"), own])), TEMPLATE);
    let many = |count: usize| (0..count).map(|number| label(&format!("l{number:02}"), "v")).collect::<Vec<_>>();
    judged("32 labels", labels(json!(many(31)), json!([many(31), vec![own.clone()]].concat())), &[]);
    judged("33 labels", labels(json!(many(32)), json!([many(32), vec![own.clone()]].concat())), TEMPLATE);

    let group = |name: &str, number: u32| json!({"group": name, "minApprovals": number});
    let groups = |overrides: Value, policy: Value| (json!({}), json!({"groups": overrides}), json!({"groups": policy}));
    let both = json!([group("security", 1), group("operations", 1)]);
    judged("a group more", groups(json!([group("operations", 1)]), both.clone()), &[]);
    judged("a group more, first", groups(json!([group("operations", 1)]), json!([group("operations", 1), group("security", 1)])), TEMPLATE);
    judged("more of a group", groups(json!([group("security", 2)]), json!([group("security", 2)])), &["quorum_at_gate"]);
    judged("less of a group", (json!({"groups": [group("security", 2)]}), json!({"groups": [group("security", 1)]}), json!({})), TEMPLATE);
    judged("a group twice", groups(json!([group("operations", 1), group("operations", 1)]), both), TEMPLATE);
}

#[test]
fn the_template_is_the_one_that_was_used() {
    let case = |what: &str, change: fn(&mut Forger), expected: &[&str]| fails(what, Forger::with_template(), change, expected);
    fn used(forger: &mut Forger) -> &mut Value {
        &mut forger.package["controlBundle"]["events"][ATTACHED]["policyAttached"]["template"]
    }
    fn change(forger: &mut Forger, change: fn(&mut Value)) {
        change(&mut forger.package["template"]);
        used(forger)["digest"] = digest(&forger.package["template"].clone());
    }
    case("another name", |f| used(f)["name"] = json!("another"), TEMPLATE);
    case("another digest", |f| used(f)["digest"] = json!("sha256:0"), TEMPLATE);
    case("another policy", |f| change(f, |template| template["templateCreated"]["policy"]["requireComment"] = json!(true)), TEMPLATE);
    case("without an actor", |f| change(f, |template| drop(template.as_object_mut().unwrap().remove("actor"))), TEMPLATE);
    case("labels out of order", |f| change(f, |template| template["templateCreated"]["matchLabels"] = json!([{"key": "b"}, {"key": "a"}])), TEMPLATE);
    case("an empty description", |f| change(f, |template| template["templateCreated"]["description"] = json!("")), &["proto_json", "template"]);
    case("another description", |f| change(f, |template| template["templateCreated"]["description"] = json!("x")), &[]);
    case("not there", |f| drop(f.package.as_object_mut().unwrap().remove("template")), &[]);
    fails("there, and none was used", Forger::new(), |f| f.package["template"] = json!({}), TEMPLATE);
}
