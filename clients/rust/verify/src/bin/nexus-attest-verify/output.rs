//! The report for people: a line a check, and what follows from all of them.

use std::fmt::Write;

use nexus_attest_verify::{CheckResult, Report, Role, Status, Verdict};

/// Where descriptions begin.
const INDENT: usize = 38;

pub fn text(report: &Report, trusts: bool) -> String {
    let mut lines =
        vec![format!("decision        {}", shown(&report.decision_id)), format!("binding digest  {}", shown(&report.binding_digest)), String::new()];
    lines.extend(report.checks.iter().flat_map(check));
    lines.push(String::new());
    lines.extend(report.signers.iter().map(|signer| format!("signed by {} {}, {}", role(signer.role), printable(&signer.name), signer.key_id)));
    lines.push(conclusion(report, trusts));
    lines.join("\n") + "\n"
}

fn check(check: &CheckResult) -> Vec<String> {
    let status = match check.status {
        Status::Pass => "✓ PASS       ",
        Status::Fail => "✗ FAIL       ",
        Status::NotChecked => "– NOT CHECKED",
    };
    let mut lines = vec![format!("{status}  {:<21}  {}", check.name, check.description)];
    for (what, words) in [("", &check.detail), ("expected ", &check.expected), ("actual   ", &check.actual)] {
        if !words.is_empty() {
            lines.push(format!("{:INDENT$}{what}{}", "", printable(words)));
        }
    }
    lines
}

fn conclusion(report: &Report, trusts: bool) -> String {
    let failed = report.checks.iter().filter(|check| check.status == Status::Fail).count();
    match report.verdict {
        Verdict::Broken => format!("BROKEN: {failed} {} failed. Do not rely on this package.", if failed == 1 { "check" } else { "checks" }),
        Verdict::Authentic => {
            let server = report.signers.iter().find(|signer| signer.role == Role::Server).map_or("", |signer| &signer.name);
            format!("AUTHENTIC: made by {}, whose key the trust policy names, and unchanged since.", shown(server))
        }
        Verdict::Consistent => {
            let why =
                if trusts { "the trust policy names nobody who signed all of it" } else { "no trust policy says whose signature to believe (--trust FILE)" };
            format!("CONSISTENT: everything that could be recomputed agrees. Who made the package is not proven: {why}.")
        }
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Server => "server",
        Role::Approver => "approver",
        Role::Router => "router",
    }
}

fn shown(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { printable(text) }
}

/// A package must not write to the terminal what looks like another verdict: control characters and marks of direction are escaped.
fn printable(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        let hides = matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let _infallible = if character.is_control() || hides { write!(out, "{}", character.escape_unicode()) } else { out.write_char(character) };
        out
    })
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn nothing_in_a_package_writes_to_the_terminal() {
        assert_eq!(printable("a\nAUTHENTIC\u{1b}[2K\u{202e}é"), "a\\u{a}AUTHENTIC\\u{1b}[2K\\u{202e}é");
    }
}
