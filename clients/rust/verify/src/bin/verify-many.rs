//! For comparing verifiers: verifies the packages that are named on standard input, a line each, the package's path, a tab, and the trust policy's path or `-` for
//! none. Answers each line with one of JSON at once: `verdict`, `checks` by name, `signers`, role and name, and their
//! `keyIds`.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{self, BufRead, Write};

use nexus_attest_verify::{Report, TrustPolicy, read_trust_policy, verify};

fn main() -> Result<(), Box<dyn Error>> {
    let mut policies = BTreeMap::from([("-".to_owned(), TrustPolicy::nobody())]);
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (package, trust) = line.split_once('\t').ok_or("a line has to be a path, a tab, and a path or -")?;
        if !policies.contains_key(trust) {
            let policy = read_trust_policy(&fs::read(trust)?).map_err(|why| format!("{trust}: {why}"))?;
            policies.insert(trust.to_owned(), policy);
        }
        let bytes = fs::read(package).map_err(|why| format!("{package}: {why}"))?;
        writeln!(out, "{}", answer(&verify(&bytes, &policies[trust])))?;
        out.flush()?;
    }
    Ok(())
}

fn answer(report: &Report) -> String {
    let checks: Vec<String> = report.checks.iter().map(|check| format!("\"{}\":\"{}\"", check.name, check.status)).collect();
    let signers: Vec<String> = report.signers.iter().map(|signer| quoted(&format!("{} {}", signer.role, signer.name))).collect();
    let key_ids: Vec<String> = report.signers.iter().map(|signer| quoted(&signer.key_id)).collect();
    let (checks, signers, key_ids) = (checks.join(","), signers.join(","), key_ids.join(","));
    format!("{{\"verdict\":\"{}\",\"checks\":{{{checks}}},\"signers\":[{signers}],\"keyIds\":[{key_ids}]}}", report.verdict)
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|character| match character {
        '"' | '\\' => format!("\\{character}"),
        control if control < ' ' => format!("\\u{:04x}", u32::from(control)),
        other => other.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
