//! The command, as it is typed.

mod common;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use common::{file, path};
use serde_json::Value;

fn run(program: &str, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(path("")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn verify(arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let output = run(env!("CARGO_BIN_EXE_nexus-attest-verify"), arguments, input);
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

const EMBEDDED: &str = "docs/examples/audit-package.embedded.json";
const SIGNED: &str = "docs/examples/audit-package.signed.json";
const TRUST: &str = "docs/examples/trust-policy.json";

#[test]
fn exits_by_the_verdict() {
    let (code, out, _) = verify(&[EMBEDDED], b"");
    assert!(code == 0 && out.lines().last().unwrap().starts_with("CONSISTENT: "), "{out}");
    let (code, out, _) = verify(&[EMBEDDED, "--trust", TRUST], b"");
    assert!(code == 9 && out.lines().last().unwrap().starts_with("CONSISTENT: "), "{out}");
    let (code, out, _) = verify(&["--trust", TRUST, SIGNED], b"");
    assert!(code == 0 && out.lines().last().unwrap().starts_with("AUTHENTIC: made by the example's server, "), "{out}");
    assert!(out.contains("\nsigned by server the example's server, sha256:06e3fd8f"), "{out}");
    for trust in [&["--trust", TRUST][..], &[]] {
        let (code, out, _) = verify(&[trust, &[TRUST]].concat(), b"");
        assert!(code == 7 && out.ends_with("BROKEN: 1 check failed. Do not rely on this package.\n"), "{out}");
    }
}

#[test]
fn takes_one_file_from_standard_input() {
    assert_eq!(verify(&["-", "--trust", TRUST], &file(SIGNED)).0, 0);
    assert_eq!(verify(&[SIGNED, "--trust", "-"], &file(TRUST)).0, 0);
    assert_eq!(verify(&["-", "--trust", "-"], b"").0, 2);
}

#[test]
fn says_what_cannot_be_done() {
    for (arguments, words) in [
        (&["no-such-file"][..], "error: no-such-file cannot be read: "),
        (&["docs"], "error: docs cannot be read: "),
        (&[EMBEDDED, "--trust", "no-such-file"], "error: no-such-file cannot be read: "),
        (&[EMBEDDED, "--trust", EMBEDDED], "error: docs/examples/audit-package.embedded.json is no trust policy that can be used: "),
        (&[], "error: exactly one file, not 0"),
        (&[EMBEDDED, "--jsom"], "error: invalid option '--jsom'"),
    ] {
        let (code, out, err) = verify(arguments, b"");
        assert!(code == 2 && out.is_empty() && err.starts_with(words), "{err}");
    }
    assert!(verify(&["--help"], b"").1.starts_with("usage: nexus-attest-verify FILE"));
}

#[test]
fn prints_the_report_as_json() {
    let (code, out, _) = verify(&[SIGNED, "--trust", TRUST, "--json"], b"");
    let report = &serde_json::from_str::<Value>(&out).unwrap()["report"];
    assert_eq!((code, report["verdict"].as_str()), (0, Some("VERDICT_AUTHENTIC")));
    assert_eq!(report["checks"][0]["status"], "CHECK_STATUS_PASS");
    assert!(report["checks"][0].get("detail").is_none(), "what is empty is left out");
    assert_eq!(report["signers"][0]["role"], "SIGNER_ROLE_SERVER");
    assert_eq!(report["signers"][0]["keyId"], "sha256:06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9");
    let (code, out, _) = verify(&["-", "--json"], b"\xff");
    let report = &serde_json::from_str::<Value>(&out).unwrap()["report"];
    assert_eq!((code, report["verdict"].as_str(), report["checks"].as_array().unwrap().len()), (7, Some("VERDICT_BROKEN"), 31));
    assert!(report.get("decisionId").is_none() && report.get("signers").is_none());
}

#[test]
fn judges_many_a_line_each() {
    let input = format!("{EMBEDDED}\t-\n{SIGNED}\t{TRUST}\n{TRUST}\t{TRUST}\n");
    let output = run(env!("CARGO_BIN_EXE_verify-many"), &[], input.as_bytes());
    let lines: Vec<Value> = String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdicts: Vec<&str> = lines.iter().map(|line| line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["CONSISTENT", "AUTHENTIC", "BROKEN"]);
    assert_eq!(lines[1]["signers"], serde_json::json!(["SERVER the example's server"]));
    assert_eq!(lines[1]["keyIds"], serde_json::json!(["sha256:06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9"]));
    assert_eq!(lines[2]["checks"]["format"], "FAIL");
    assert_eq!(lines[2]["checks"].as_object().unwrap().len(), 31);
}
