//! A trust policy that is not understood in full is refused.

mod common;

use common::{failed, file, package, status};
use nexus_attest_verify::{MAX_TRUST_POLICY, Status, Verdict, read_trust_policy, verify};
use serde_json::{Value, json};

const KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const OTHER_KEY: &str = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";

/// A trust policy with this beside its version.
fn with(members: Value) -> Value {
    let mut policy = json!({"policyVersion": "nexus.attest/trust-policy/v1"});
    policy.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    policy
}

fn digest(number: usize) -> String {
    format!("sha256:{number:064x}")
}

fn is_taken(policy: &Value) -> bool {
    read_trust_policy(policy.to_string().as_bytes()).is_ok()
}

#[test]
fn the_ones_of_the_pages_are_taken() {
    assert!(read_trust_policy(&file("docs/examples/trust-policy.json")).is_ok());
    let page = common::text("docs/signatures.md");
    let example = page.split("```json\n").find(|part| part.starts_with("{\n  \"policyVersion\"")).unwrap();
    assert!(read_trust_policy(example.split("```").next().unwrap().as_bytes()).is_ok());
}

#[test]
fn what_is_empty_may_be_written_out() {
    let policies = [
        json!({}),
        json!({"serverKeys": [], "approverKeys": [], "routerKeys": [], "requiredChecks": [], "requiredGuardrails": []}),
        json!({"requiredGuardrails": (0..32).map(digest).collect::<Vec<_>>(), "acceptedBreakGlass": "ACCEPTED_BREAK_GLASS_ALL"}),
        json!({"acceptedBreakGlass": "ACCEPTED_BREAK_GLASS_REVIEWED"}),
        json!({"serverKeys": [{"name": "", "publicKey": KEY}]}),
        json!({"serverKeys": [{"publicKey": KEY}], "routerKeys": [{"publicKey": KEY, "adapterIds": ["a", "b"]}]}),
        json!({"approverKeys": [{"approver": {"type": "ACTOR_TYPE_SYSTEM", "id": "a"}, "publicKey": KEY, "revokedAt": "2026-06-01T00:00:00Z"}]}),
        json!({"serverKeys": [{"name": "🛒".repeat(256), "publicKey": KEY, "notBefore": "2026-06-01T00:00:00Z", "notAfter": "2026-06-01T00:00:00.001Z"}]}),
    ];
    for policy in policies {
        assert!(is_taken(&with(policy.clone())), "{policy}");
    }
}

#[test]
fn what_is_not_of_the_shape_is_refused() {
    let approver = json!({"type": "ACTOR_TYPE_HUMAN", "id": "a"});
    let policies = [
        json!({"policyVersion": "nexus.attest/trust-policy/v2"}),
        json!({"policyVersion": ""}),
        json!({"policyVersion": null}),
        json!({"server_keys": []}),
        json!({"serverKeys": null}),
        json!({"serverKeys": {}}),
        json!({"serverKeys": [null]}),
        json!({"serverKeys": [{}]}),
        json!({"serverKeys": [{"publicKey": ""}]}),
        json!({"serverKeys": [{"publicKey": KEY, "comment": "mine"}]}),
        json!({"serverKeys": [{"publicKey": KEY, "name": "a".repeat(257)}]}),
        json!({"serverKeys": [{"publicKey": KEY.trim_end_matches('=')}]}),
        json!({"serverKeys": [{"publicKey": KEY.replace('/', "_")}]}),
        json!({"serverKeys": [{"publicKey": KEY.replace("o=", "p=")}]}),
        json!({"serverKeys": [{"publicKey": format!(" {KEY}")}]}),
        json!({"serverKeys": [{"publicKey": "AAAA"}]}),
        json!({"serverKeys": [{"publicKey": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]}),
        json!({"serverKeys": [{"publicKey": KEY}, {"publicKey": OTHER_KEY}, {"publicKey": KEY}]}),
        json!({"serverKeys": [{"publicKey": KEY, "notBefore": "2026-06-01T00:00:00+00:00"}]}),
        json!({"serverKeys": [{"publicKey": KEY, "notBefore": ""}]}),
        json!({"serverKeys": [{"publicKey": KEY, "notBefore": "2026-06-01T00:00:00Z", "notAfter": "2026-06-01T00:00:00Z"}]}),
        json!({"serverKeys": [{"publicKey": KEY, "revokedAt": "2026-06-01T00:00:00Z"}]}),
        json!({"approverKeys": [{"publicKey": KEY}]}),
        json!({"approverKeys": [{"publicKey": KEY, "approver": {}}]}),
        json!({"approverKeys": [{"publicKey": KEY, "approver": {"id": "a"}}]}),
        json!({"approverKeys": [{"publicKey": KEY, "approver": {"type": "ACTOR_TYPE_HUMAN"}}]}),
        json!({"approverKeys": [{"publicKey": KEY, "approver": {"type": "ACTOR_TYPE_HUMAN", "id": ""}}]}),
        json!({"approverKeys": [{"publicKey": KEY, "approver": {"type": "ACTOR_TYPE_UNSPECIFIED", "id": "a"}}]}),
        json!({"approverKeys": [{"publicKey": KEY, "approver": approver, "notBefore": "2026-06-01T00:00:00Z", "revokedAt": "2026-05-01T00:00:00Z"}]}),
        json!({"approverKeys": [{"publicKey": KEY, "approver": approver}, {"publicKey": KEY, "approver": approver}]}),
        json!({"routerKeys": [{"publicKey": KEY}]}),
        json!({"routerKeys": [{"publicKey": KEY, "adapterIds": []}]}),
        json!({"routerKeys": [{"publicKey": KEY, "adapterIds": ["a", "a"]}]}),
        json!({"routerKeys": [{"publicKey": KEY, "adapterIds": (0..1_001).map(|number| number.to_string()).collect::<Vec<_>>()}]}),
        json!({"requiredChecks": ["no_such_check"]}),
        json!({"requiredChecks": [""]}),
        json!({"requiredChecks": ["replay", "replay"]}),
        json!({"requiredChecks": ["required_checks"]}),
        json!({"notBefore": "2026-06-01T00:00:00Z", "notAfter": "2026-05-01T00:00:00Z"}),
        json!({"notBefore": 0}),
        json!({"requiredGuardrails": [digest(0), digest(0)]}),
        json!({"requiredGuardrails": (0..33).map(digest).collect::<Vec<_>>()}),
        json!({"requiredGuardrails": [digest(0), ""]}),
        json!({"requiredGuardrails": [digest(10).replace('a', "A")]}),
        json!({"acceptedBreakGlass": "ACCEPTED_BREAK_GLASS_NONE"}),
        json!({"acceptedBreakGlass": 1}),
    ];
    for policy in policies {
        assert!(!is_taken(&with(policy.clone())), "{policy}");
    }
    assert!(!is_taken(&json!({})) && !is_taken(&json!([])) && !is_taken(&json!(null)));
}

#[test]
fn what_is_no_json_or_too_much_of_it_is_refused() {
    let good = with(json!({})).to_string();
    assert!(read_trust_policy(good.as_bytes()).is_ok());
    let texts = [
        String::new(),
        format!("\u{feff}{good}"),
        format!("{good} x"),
        good.replace('{', "{\"notBefore\":null,\"notBefore\":\"2026-06-01T00:00:00Z\","),
        "[".repeat(100_000),
    ];
    for text in texts {
        assert!(read_trust_policy(text.as_bytes()).is_err(), "{}", text.get(..100).unwrap_or(&text));
    }
    assert!(read_trust_policy(&[good.as_bytes(), b"\xff"].concat()).is_err());
    let mut padded = good.into_bytes();
    padded.resize(MAX_TRUST_POLICY, b' ');
    assert!(read_trust_policy(&padded).is_ok());
    padded.push(b' ');
    assert!(read_trust_policy(&padded).is_err());
    let keys = |count: usize| with(json!({"serverKeys": vec![json!({"publicKey": KEY}); count]})).to_string();
    assert_eq!(read_trust_policy(keys(1_001).as_bytes()).unwrap_err().to_string(), "no trust policy that can be used: serverKeys holds more than 1000");
    assert_eq!(read_trust_policy(keys(2).as_bytes()).unwrap_err().to_string(), "no trust policy that can be used: serverKeys holds a key twice");
}

#[test]
fn a_rule_once_read_is_kept() {
    let signed = file("docs/examples/audit-package.signed.json");
    let by = |members: Value| verify(&signed, &read_trust_policy(with(members).to_string().as_bytes()).unwrap());
    let key = json!([{"name": "its", "publicKey": KEY}]);
    assert_eq!(by(json!({"serverKeys": key})).verdict, Verdict::Authentic);
    assert_eq!(by(json!({"serverKeys": [{"publicKey": OTHER_KEY}]})).verdict, Verdict::Broken);
    assert_eq!(by(json!({})).verdict, Verdict::Consistent);
    assert_eq!(failed(&by(json!({"serverKeys": key, "requiredChecks": ["approver_signatures", "replay"]}))), ["required_checks"]);
    assert_eq!(status(&by(json!({"serverKeys": key, "requiredChecks": ["server_signature"]})), "required_checks"), Status::Pass);

    // The log goes from 09:00:00 to 10:30:02 or so; the bounds are those of its first and its last event.
    let log: Value = serde_json::from_slice(&signed).unwrap();
    let events = log["controlBundle"]["events"].as_array().unwrap();
    let (first, last) = (&events[0]["occurredAt"], &events[events.len() - 1]["occurredAt"]);
    let judged = |members: Value| status(&by(members), "time_bounds");
    assert_eq!(judged(json!({"notBefore": first})), Status::Pass);
    assert_eq!(judged(json!({"notBefore": "2026-11-25T09:00:00.001Z"})), Status::Fail);
    assert_eq!(judged(json!({"notAfter": last})), Status::Fail);
    assert_eq!(judged(json!({"notAfter": "2026-11-25T23:59:59Z"})), Status::Pass);
    // A key's are those of the last event.
    let bounded = |name: &str, time: &Value| by(json!({"serverKeys": [{"publicKey": KEY, name: time}]})).verdict;
    assert_eq!(bounded("notBefore", last), Verdict::Authentic);
    assert_eq!(bounded("notAfter", last), Verdict::Broken);
    assert_eq!(bounded("notAfter", first), Verdict::Broken);
}

#[test]
fn required_checks_are_judged_whatever_the_file_is() {
    let policy = read_trust_policy(with(json!({"requiredChecks": ["replay"]})).to_string().as_bytes()).unwrap();
    assert_eq!(failed(&verify(b"", &policy)), ["format", "required_checks"]);
    assert_eq!(status(&verify(&package("good/plain.json"), &policy), "required_checks"), Status::Pass);
}
