//! The command: checks one package and says what was found.

#![forbid(unsafe_code)]

mod arguments;
mod input;
mod output;

use std::io::{self, Write};
use std::process::ExitCode;

use nexus_attest_verify::{MAX_PACKAGE, MAX_TRUST_POLICY, Report, TrustPolicy, Verdict, read_trust_policy, verify};

use crate::arguments::{Asked, USAGE};

/// A file could not be read, the trust policy cannot be used, or the command was mistyped.
const MISTAKE: u8 = 2;

fn main() -> ExitCode {
    match arguments::read(lexopt::Parser::from_env()) {
        Ok(Asked::Help) => print(USAGE, 0),
        Ok(Asked::Verify(asked)) => match report(&asked) {
            Ok(report) => {
                let trusts = asked.trust.is_some();
                let text = if asked.json { report.to_json() + "\n" } else { output::text(&report, trusts) };
                print(&text, exit_code(report.verdict, trusts))
            }
            Err(why) => mistake(&why),
        },
        Err(why) => mistake(&format!("{why}\n{USAGE}")),
    }
}

fn report(asked: &arguments::Verify) -> Result<Report, String> {
    let trust = match &asked.trust {
        Some(name) => read_trust_policy(&input::read(name, MAX_TRUST_POLICY)?).map_err(|why| format!("{} is {why}", name.to_string_lossy()))?,
        None => TrustPolicy::nobody(),
    };
    Ok(verify(&input::read(&asked.file, MAX_PACKAGE)?, &trust))
}

fn exit_code(verdict: Verdict, trusts: bool) -> u8 {
    match verdict {
        Verdict::Broken => 7,
        Verdict::Consistent if trusts => 9,
        Verdict::Consistent | Verdict::Authentic => 0,
    }
}

fn print(text: &str, code: u8) -> ExitCode {
    let mut out = io::stdout().lock();
    // Whoever reads only the beginning gets the exit code all the same.
    let _cut_short = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    ExitCode::from(code)
}

fn mistake(why: &str) -> ExitCode {
    let _cut_short = writeln!(io::stderr(), "error: {}", why.trim_end());
    ExitCode::from(MISTAKE)
}
