//! The packages that every verifier has to judge alike, by every trust policy.

mod common;

use std::collections::BTreeMap;

use common::{file, not_passed, package, trust};
use nexus_attest_verify::verify;
use serde_json::Value;

#[test]
fn every_known_package_is_judged_as_expected() {
    let expected: Value = serde_json::from_slice(&file("testdata/audit-packages/expected.json")).unwrap();
    let names: Vec<&str> = expected["checks"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let packages = expected["packages"].as_array().unwrap();
    let mut judged = 0;
    for entry in packages {
        let path = entry["file"].as_str().unwrap();
        let bytes = package(path);
        for (whom, expected) in entry["reports"].as_object().unwrap() {
            let report = verify(&bytes, &trust(whom));
            let what = format!("{path} by {whom}");
            assert_eq!(report.checks.iter().map(|check| check.name).collect::<Vec<_>>(), names, "{what}");
            assert_eq!(report.verdict.to_string(), expected["verdict"], "{what}");
            let found: BTreeMap<&str, String> = not_passed(&report).into_iter().map(|(name, status)| (name, status.to_string())).collect();
            assert_eq!(serde_json::to_value(found).unwrap(), expected["notPassed"], "{what}");
            let signers: Vec<String> = report.signers.iter().map(|signer| format!("{} {}", signer.role, signer.name)).collect();
            assert_eq!(serde_json::to_value(signers).unwrap(), expected["signers"], "{what}");
            judged += 1;
        }
    }
    assert!(packages.len() > 100 && judged == packages.len() * 3, "{judged}");
}

#[test]
fn the_examples_of_the_pages_are_judged_as_the_pages_say() {
    let by_reference = verify(&file("docs/examples/audit-package.reference.json"), &trust("nobody"));
    let embedded = verify(&file("docs/examples/audit-package.embedded.json"), &trust("nobody"));
    let about_trust = ["approver_signatures", "required_checks", "router_signature", "server_signature", "time_bounds"];
    assert_eq!(not_passed(&embedded).into_keys().collect::<Vec<_>>(), about_trust);
    assert_eq!(not_passed(&by_reference).len(), about_trust.len() + 1);
    assert_eq!(embedded.decision_id, "06c45bbcfe0ef2967ee9b48fc38d55db");
    assert_eq!(embedded.binding_digest, "sha256:6ccbcea2b66a68b0ee7b641664c8ecf71120510fd5dcbc9434e4bb97da789652");
    assert_eq!(by_reference.binding_digest, embedded.binding_digest);
}
