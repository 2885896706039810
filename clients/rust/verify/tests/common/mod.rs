//! What the repository holds to try a verifier on, and how the tests speak of a report.

#![allow(dead_code)] // no test uses all of it

pub mod seal;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use nexus_attest_verify::{Report, Status, TrustPolicy, read_trust_policy};

pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..").join(name)
}

pub fn file(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

pub fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

/// A package of testdata/audit-packages.
pub fn package(name: &str) -> Vec<u8> {
    file(&format!("testdata/audit-packages/{name}"))
}

/// `nobody`, or a trust policy of testdata/audit-packages.
pub fn trust(whom: &str) -> TrustPolicy {
    match whom {
        "nobody" => TrustPolicy::nobody(),
        _ => read_trust_policy(&package(&format!("trust/{whom}.json"))).unwrap(),
    }
}

/// Of the checks that did not pass.
pub fn not_passed(report: &Report) -> BTreeMap<&'static str, Status> {
    report.checks.iter().filter(|check| check.status != Status::Pass).map(|check| (check.name, check.status)).collect()
}

pub fn failed(report: &Report) -> Vec<&'static str> {
    report.checks.iter().filter(|check| check.status == Status::Fail).map(|check| check.name).collect()
}

pub fn status(report: &Report, name: &str) -> Status {
    report.checks.iter().find(|check| check.name == name).unwrap().status
}
