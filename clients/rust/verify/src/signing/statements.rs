//! The statements that are signed, written from what was recomputed.

use crate::evidence::approval::Approval;
use crate::evidence::gate::Gate;
use crate::evidence::package::{PACKAGE_VERSION, Package};
use crate::evidence::run::Run;
use crate::json::canonical::canonical_object;
use crate::json::digest::{digest_of, digits_of};
use crate::json::value::{Object, Value};

pub fn of_package(package: &Package) -> Option<String> {
    let template_digest = package.template.map(digest_of).unwrap_or_default();
    let predicate = [
        ("decisionId", text(package.decision_id())),
        ("packageVersion", text(PACKAGE_VERSION)),
        ("controlDigest", text(&package.control_digest)),
        ("routerDigest", text(package.router.text("routerDigest"))),
        ("linkDigest", text(&package.link_digest)),
        ("templateDigest", text(&template_digest)),
    ];
    statement("nexus-attest:audit-package/v1", package.decision_id(), &package.binding_digest, Object::of(predicate))
}

/// The head digest is the approver's own word.
pub fn of_approval(gate: &Gate, approval: &Approval, head_digest: &str) -> Option<String> {
    let decision_id = gate.created.json.text("decisionId");
    let approver = Object::of([("type", text(approval.event.actor.kind)), ("id", text(approval.event.actor.id))]);
    let predicate = [
        ("decisionId", text(decision_id)),
        ("requestDigest", text(&gate.request_digest)),
        ("policyDigest", text(&gate.policy_digest)),
        ("headDigest", text(head_digest)),
        ("approver", Some(Value::Object(approver))),
        ("comment", text(approval.event.body.text("comment"))),
        ("expiresAt", text(approval.event.body.text("expiresAt"))),
    ];
    statement("nexus-attest:approval/v1", decision_id, &gate.request_digest, Object::of(predicate))
}

/// `None` if `routerDigest` is no digest.
pub fn of_run(run: &Run, state: &str) -> Option<String> {
    let decision_id = run.created.json.text("decisionId");
    let outcome = run.outcome.body;
    let steps = outcome.number("stepsExecuted");
    let predicate = [
        ("decisionId", text(decision_id)),
        ("adapterId", text(run.gate.event.body.text("adapterId"))),
        ("runId", text(outcome.text("runId"))),
        ("routerRequestDigest", text(run.gate.event.body.text("routerRequestDigest"))),
        ("state", text(state)),
        ("stepsExecuted", Some(Value::Number(steps.into())).filter(|_| steps > 0)),
    ];
    statement("nexus-attest:run/v1", decision_id, outcome.text("routerDigest"), Object::of(predicate))
}

fn statement(predicate_type: &str, decision_id: &str, subject_digest: &str, predicate: Object) -> Option<String> {
    let digest = Object::of([("sha256", Some(digits_of(subject_digest)?.into()))]);
    let subject = Object::of([("name", Some(decision_id.into())), ("digest", Some(Value::Object(digest)))]);
    let statement = Object::of([
        ("_type", Some("https://in-toto.io/Statement/v1".into())),
        ("subject", Some(Value::Array(vec![Value::Object(subject)]))),
        ("predicateType", Some(predicate_type.into())),
        ("predicate", Some(Value::Object(predicate))),
    ]);
    Some(canonical_object(&statement))
}

/// What is empty is left out of a predicate.
fn text(text: &str) -> Option<Value> {
    Some(text).filter(|text| !text.is_empty()).map(Value::from)
}
