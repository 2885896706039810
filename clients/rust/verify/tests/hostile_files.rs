//! Whatever the bytes are, there is a report.

mod common;

use common::{failed, package, status, trust};
use nexus_attest_verify::{MAX_PACKAGE, Report, Status, TrustPolicy, Verdict, verify};

fn plain() -> String {
    String::from_utf8(package("good/plain.json")).unwrap()
}

/// The good package with something else in one place.
fn changed(from: &str, to: &str) -> Report {
    let text = plain();
    assert!(text.contains(from), "{from}");
    verify(text.replacen(from, to, 1).as_bytes(), &trust("server"))
}

fn is_no_package(bytes: &[u8], what: &str) {
    let report = verify(bytes, &TrustPolicy::nobody());
    assert_eq!(report.verdict, Verdict::Broken, "{what}");
    for check in &report.checks {
        let expected = if check.name == "format" { Status::Fail } else { Status::NotChecked };
        assert_eq!(check.status, expected, "{what}: {}", check.name);
    }
    assert!(report.checks[0].detail.chars().count() <= 201, "{what}");
}

#[test]
fn what_is_no_package_fails_format_and_nothing_else_is_checked() {
    for text in ["", " ", "{}", "[]", "null", "0", "\"\"", "{\"packageVersion\":\"nexus.attest/audit-package/v1\"}"] {
        is_no_package(text.as_bytes(), text);
    }
    let good = plain();
    is_no_package(format!("\u{feff}{good}").as_bytes(), "a byte order mark");
    is_no_package(&good.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), "UTF-16");
    is_no_package(format!("{good}{good}").as_bytes(), "two packages");
    is_no_package(&good.as_bytes()[..good.len() - 1], "no end");
    is_no_package(&[good.as_bytes(), b"\xff"].concat(), "no UTF-8");
    is_no_package(good.replacen("\"bob@", "\"\\ud800bob@", 1).as_bytes(), "a lone surrogate");
    is_no_package(&[good.as_bytes()[..100].to_vec(), b"\xed\xa0\x80".to_vec(), good.as_bytes()[100..].to_vec()].concat(), "a lone surrogate in bytes");
    is_no_package(good.replacen('{', "{\"extra\":1e400,", 1).as_bytes(), "an infinite number");
    is_no_package(good.replacen('{', "{\"\\udfff\":1,", 1).as_bytes(), "a lone surrogate in an unknown name");
    is_no_package(good.replacen("package/v1", "package/v2", 1).as_bytes(), "another version");
    is_no_package(good.replacen("bundle/v1", "bundle/v2", 1).as_bytes(), "another version of the bundle");
}

#[test]
fn each_known_field_has_its_json_type() {
    for (from, to) in [
        ("\"seq\":1", "\"seq\":\"1\""),
        ("\"minApprovals\":1", "\"minApprovals\":null"),
        ("\"MODE_APPLY\"", "2"),
        ("\"id\":\"bob@example.com\"", "\"id\":[\"bob@example.com\"]"),
        ("\"approvalDigests\":[", "\"approvalDigests\":[0,"),
        ("\"actor\":{\"id\":\"bob@example.com\",\"type\":\"ACTOR_TYPE_HUMAN\"}", "\"actor\":null"),
    ] {
        is_no_package(plain().replacen(from, to, 1).as_bytes(), to);
    }
}

#[test]
fn the_limits_are_kept() {
    // Of the file: white space behind a good package.
    let mut padded = plain().into_bytes();
    padded.resize(MAX_PACKAGE, b' ');
    assert_eq!(failed(&verify(&padded, &TrustPolicy::nobody())), ["canonical_form"]);
    padded.push(b' ');
    is_no_package(&padded, "too large");
    // Of nesting: an unknown field, one level inside the package.
    let nested = |depth: usize| plain().replacen('{', &format!("{{\"zz\":{}{},", "[".repeat(depth), "]".repeat(depth)), 1);
    assert_eq!(failed(&verify(nested(63).as_bytes(), &TrustPolicy::nobody())), ["canonical_form"]);
    is_no_package(nested(64).as_bytes(), "too deep");
    is_no_package(nested(1_000_000).as_bytes(), "far too deep");
    is_no_package("[".repeat(MAX_PACKAGE).as_bytes(), "nothing but depth");
    // Of what a file is made of.
    let wide = |elements: usize| plain().replacen('{', &format!("{{\"zz\":[0{}],", ",0".repeat(elements)), 1);
    assert_eq!(failed(&verify(wide(1_990_000).as_bytes(), &TrustPolicy::nobody())), ["canonical_form"]);
    is_no_package(wide(2_000_000).as_bytes(), "too wide");
    // Of events: 1 to 10,000.
    let events = |list: &str| {
        format!(
            "{{\"controlBundle\":{{\"bundleVersion\":\"nexus.attest/control-bundle/v1\"{list}}},\"link\":{{}},\"packageVersion\":\"nexus.attest/audit-package/v1\",\"router\":{{}}}}"
        )
    };
    let many = |count: usize| events(&format!(",\"events\":[{{}}{}]", ",{}".repeat(count - 1)));
    assert_eq!(status(&verify(many(10_000).as_bytes(), &TrustPolicy::nobody()), "format"), Status::Pass);
    is_no_package(many(10_001).as_bytes(), "too many events");
    is_no_package(events(",\"events\":[]").as_bytes(), "an empty list of events");
    is_no_package(events("").as_bytes(), "no events");
}

#[test]
fn another_writing_of_the_same_is_not_canonical() {
    let writings = [
        ("{", "{ "),
        ("}", "}\n"),
        ("\"seq\":1", "\"seq\":1.0"),
        ("\"seq\":1", "\"seq\":1e0"),
        ("\"seq\":1", "\"seq\":0.1e+1"),
        ("bob@", "\\u0062ob@"),
        ("package/v1", "package\\/v1"),
    ];
    for (from, to) in writings {
        assert_eq!(failed(&changed(from, to)), ["canonical_form"], "{to}");
    }
    // The last of equal names counts.
    assert_eq!(failed(&changed("{\"bindingDigest\":", "{\"bindingDigest\":\"\\ud800\",\"bindingDigest\":")), ["canonical_form"]);
    assert_eq!(failed(&changed("\"linkDigest\":", "\"bindingDigest\":\"other\",\"linkDigest\":")), ["canonical_form", "binding_digest"]);
}

#[test]
fn numbers_are_whole_and_within_bounds() {
    for number in ["0", "-0", "-1", "1.5", "4294967296", "1e300", "1e-7"] {
        let report = changed("\"seq\":1", &format!("\"seq\":{number}"));
        assert!(
            failed(&report).starts_with(&["proto_json", "event_schema"]) || failed(&report).starts_with(&["canonical_form", "proto_json", "event_schema"]),
            "{number}"
        );
    }
}

#[test]
fn an_unknown_field_keeps_a_package_from_being_authentic() {
    let genuine = verify(&package("good/plain.json"), &trust("server"));
    assert_eq!(genuine.verdict, Verdict::Authentic);
    for unknown in ["\"aa\":\"\\u001f\\\"\"", "\"aa\":1424953923781206.2", "\"aa\":[null,{\"seq\":[]}]", "\"\":1e+21"] {
        let report = changed("{", &format!("{{{unknown},"));
        assert_eq!((report.verdict, failed(&report)), (Verdict::Consistent, vec![]), "{unknown}");
        assert_eq!(status(&report, "unknown_fields"), Status::NotChecked, "{unknown}");
    }
}

#[test]
fn words_for_people_are_cut() {
    let report = changed("{\"bindingDigest\":\"", &format!("{{\"bindingDigest\":\"{}", "ä".repeat(1_000_000)));
    let check = report.checks.iter().find(|check| check.name == "binding_digest").unwrap();
    assert_eq!((check.status, check.actual.chars().count()), (Status::Fail, 201));
}
