//! Whether a server signed exactly this package.

use nexus_attest_verify::Status::{self, Fail, Pass};
use serde_json::{Value, json};

use crate::common::seal::digest;
use crate::common::status;
use crate::forger::Forger;
use crate::signing::{ERINS, OTHER, SERVER, envelope, envelope_of_type, judged, key_id, public, run_statement, server_statement};

/// Of a package that `sign` gives an envelope to, by a trust policy of the server's key and another one.
fn server(what: &str, sign: impl FnOnce(&Forger) -> Value, expected: Status) {
    let mut forger = Forger::new();
    forger.agree();
    forger.package["signature"] = sign(&forger);
    let keys = json!({"serverKeys": [{"publicKey": public(OTHER)}, {"name": "s", "publicKey": public(SERVER)}]});
    let report = judged(&mut forger, keys);
    assert_eq!(status(&report, "server_signature"), expected, "{what}");
    assert_eq!(report.signers.len(), usize::from(expected == Pass), "{what}");
}

#[test]
fn a_server_signs_exactly_this_package() {
    let good = |forger: &Forger| envelope(&server_statement(forger), &[SERVER]);
    let changed = |change: fn(&mut Value)| {
        move |forger: &Forger| {
            let mut made = good(forger);
            change(&mut made);
            made
        }
    };
    server("as it should be", good, Pass);
    server("by a key that nobody names", |f| envelope(&server_statement(f), &[ERINS]), Fail);
    server(
        "by a key that nobody names, under one that is named",
        |f| {
            let mut made = envelope(&server_statement(f), &[ERINS]);
            made["signatures"][0]["keyid"] = json!(key_id(SERVER));
            made
        },
        Fail,
    );
    server("under another key's id", changed(|made| made["signatures"][0]["keyid"] = json!(key_id(OTHER))), Fail);
    server("under no key id", changed(|made| drop(made["signatures"][0].as_object_mut().unwrap().remove("keyid"))), Fail);
    server("of another type", |f| envelope_of_type("application/json", &server_statement(f), &[SERVER]), Fail);
    server("twice", |f| envelope(&server_statement(f), &[SERVER, SERVER]), Fail);
    server("not at all", |f| envelope(&server_statement(f), &[]), Fail);
    server("of a run", |f| envelope(&run_statement(f, "RUN_STATE_SUCCEEDED"), &[SERVER]), Fail);
    server(
        "of more than there is",
        |f| {
            let mut said = server_statement(f);
            said["predicate"]["templateDigest"] = json!("sha256:0");
            envelope(&said, &[SERVER])
        },
        Fail,
    );
}

#[test]
fn a_server_signs_which_template_it_was() {
    for (names_it, expected) in [(true, Pass), (false, Fail)] {
        let mut forger = Forger::with_template();
        forger.agree();
        let mut said = server_statement(&forger);
        if names_it {
            said["predicate"]["templateDigest"] = digest(&forger.package["template"]);
        }
        forger.package["signature"] = envelope(&said, &[SERVER]);
        assert_eq!(status(&judged(&mut forger, json!({"serverKeys": [{"publicKey": public(SERVER)}]})), "server_signature"), expected);
    }
}
