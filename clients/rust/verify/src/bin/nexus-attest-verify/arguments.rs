//! What was typed.

use std::ffi::OsString;

use lexopt::Arg::{Long, Short, Value};
use lexopt::{Error, Parser};

pub const USAGE: &str = "\
usage: nexus-attest-verify FILE [--trust FILE] [--json]

Checks an audit package of Nexus Attest; needs no server. FILE - is standard input.

  --trust FILE   trust policy: whose signatures to believe; then only an authentic package exits with 0
  --json         the report as JSON
  -h, --help     this

Exit codes: 0 nothing disagrees (with --trust: authentic), 9 with --trust: nothing disagrees, and nobody who is
believed signed all of it, 7 a check failed, 2 a file cannot be read, the trust policy cannot be used, or a mistake
in what was typed.
";

#[derive(Debug, PartialEq)]
pub enum Asked {
    Help,
    Verify(Verify),
}

#[derive(Debug, PartialEq)]
pub struct Verify {
    pub file: OsString,
    pub trust: Option<OsString>,
    pub json: bool,
}

pub fn read(mut typed: Parser) -> Result<Asked, Error> {
    let (mut files, mut trust, mut json) = (Vec::new(), None, false);
    while let Some(argument) = typed.next()? {
        match argument {
            Long("trust") if trust.is_none() => trust = Some(typed.value()?),
            Long("trust") => return Err("--trust can be given once only".into()),
            Long("json") => json = true,
            Long("help") | Short('h') => return Ok(Asked::Help),
            Value(file) => files.push(file),
            other => return Err(other.unexpected()),
        }
    }
    let count = files.len();
    let (Some(file), 1) = (files.pop(), count) else {
        return Err(format!("exactly one file, not {count}").into());
    };
    if file == "-" && trust.as_ref().is_some_and(|trust| trust == "-") {
        return Err("only one of the two files can be standard input".into());
    }
    Ok(Asked::Verify(Verify { file, trust, json }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(arguments: &[&str]) -> Result<Asked, String> {
        read(Parser::from_args(arguments)).map_err(|error| error.to_string())
    }

    #[test]
    fn takes_options_before_and_behind_the_file() {
        let expected = Verify { file: "p.json".into(), trust: Some("t.json".into()), json: true };
        assert_eq!(asked(&["p.json", "--trust", "t.json", "--json"]), Ok(Asked::Verify(expected)));
        let expected = Verify { file: "-".into(), trust: Some("t.json".into()), json: false };
        assert_eq!(asked(&["--trust=t.json", "-"]), Ok(Asked::Verify(expected)));
        let expected = Verify { file: "--json".into(), trust: None, json: false };
        assert_eq!(asked(&["--", "--json"]), Ok(Asked::Verify(expected)));
        assert_eq!(asked(&["--help"]), Ok(Asked::Help));
    }

    #[test]
    fn says_what_was_mistyped() {
        assert_eq!(asked(&[]), Err("exactly one file, not 0".to_owned()));
        assert_eq!(asked(&["a", "b"]), Err("exactly one file, not 2".to_owned()));
        assert_eq!(asked(&["a", "--trust", "-", "--trust", "b"]), Err("--trust can be given once only".to_owned()));
        assert_eq!(asked(&["-", "--trust", "-"]), Err("only one of the two files can be standard input".to_owned()));
        assert!(asked(&["a", "--truss", "b"]).is_err());
        assert!(asked(&["a", "--trust"]).is_err());
    }
}
