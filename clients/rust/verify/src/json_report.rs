//! The report as JSON: the ProtoJSON of `nexus.attest.v1.VerifyAuditPackageResponse`.

use crate::json::canonical::canonical_object;
use crate::json::value::{Object, Value};
use crate::report::{CheckResult, Report, Signer};

impl Report {
    /// As `nexus-attest verify --json` prints it, on one line.
    pub fn to_json(&self) -> String {
        let report = Object::of([
            ("verdict", text(&format!("VERDICT_{}", self.verdict))),
            ("checks", list(&self.checks, check)),
            ("decisionId", text(&self.decision_id)),
            ("bindingDigest", text(&self.binding_digest)),
            ("signers", list(&self.signers, signer)),
        ]);
        canonical_object(&Object::of([("report", Some(Value::Object(report)))]))
    }
}

fn check(check: &CheckResult) -> Object {
    Object::of([
        ("name", text(check.name)),
        ("description", text(check.description)),
        ("status", text(&format!("CHECK_STATUS_{}", check.status))),
        ("expected", text(&check.expected)),
        ("actual", text(&check.actual)),
        ("detail", text(&check.detail)),
    ])
}

fn signer(signer: &Signer) -> Object {
    Object::of([("role", text(&format!("SIGNER_ROLE_{}", signer.role))), ("name", text(&signer.name)), ("keyId", text(&signer.key_id))])
}

fn list<Element>(elements: &[Element], write: fn(&Element) -> Object) -> Option<Value> {
    let written = elements.iter().map(|element| Value::Object(write(element))).collect();
    Some(Value::Array(written)).filter(|_| !elements.is_empty())
}

/// What is empty is left out.
fn text(text: &str) -> Option<Value> {
    Some(text).filter(|text| !text.is_empty()).map(Value::from)
}
