//! Verifying: reads the file as far as it can be read, and asks every check.

use crate::checks::list::{CHECKS, On};
use crate::checks::outcome::Outcome;
use crate::checks::required_checks::required_checks;
use crate::evidence::gate::Gate;
use crate::evidence::history::History;
use crate::evidence::log::Log;
use crate::evidence::package::{MAX_FILE, Package};
use crate::evidence::run::Run;
use crate::json::parse::{Repeated, parse};
use crate::json::value::Value;
use crate::report::{CheckResult, Report, Status, Verdict};
use crate::trust::policy::TrustPolicy;

/// Checks an audit package, whatever its bytes are. It never panics, and costs no more than the file's size and the trust policy allow.
pub fn verify(package: &[u8], trust: &TrustPolicy) -> Report {
    let file = package;
    let value = read_json(file);
    let package = match &value {
        Ok(value) => Package::read(file, value, trust),
        Err(why) => Err(why.clone()),
    };
    let log = package.as_ref().ok().map(Log::read);
    let history = log.as_ref().and_then(|log| log.as_ref().ok()).map(History::replay);
    let gate = history.as_ref().and_then(|history| history.as_ref().ok()).and_then(Gate::of);
    let run = gate.as_ref().and_then(Run::of);
    let stages = Stages { trust, package: &package, log: log.as_ref(), history: history.as_ref(), gate: gate.as_ref(), run: run.as_ref() };
    stages.report()
}

fn read_json(file: &[u8]) -> Result<Value, String> {
    if file.len() > MAX_FILE {
        return Err(format!("the file is larger than {MAX_FILE} bytes"));
    }
    parse(file, Repeated::LastCounts).map_err(|why| why.to_string())
}

/// How far the file could be read: each stage is there if the one before it is, and holds.
struct Stages<'s, 'a> {
    trust: &'a TrustPolicy,
    package: &'s Result<Package<'a>, String>,
    log: Option<&'s Result<Log<'a>, String>>,
    history: Option<&'s Result<History<'a>, String>>,
    gate: Option<&'s Gate<'a>>,
    run: Option<&'s Run<'a>>,
}

impl Stages<'_, '_> {
    fn report(&self) -> Report {
        let mut checks: Vec<CheckResult> = Vec::with_capacity(CHECKS.len());
        let mut signers = Vec::new();
        for check in &CHECKS {
            let outcome = self.ask(&check.on, &checks);
            signers.extend(outcome.signers);
            checks.push(CheckResult {
                name: check.name,
                description: check.description,
                status: outcome.status,
                expected: outcome.expected,
                actual: outcome.actual,
                detail: outcome.detail,
            });
        }
        let package = self.package.as_ref().ok();
        Report {
            verdict: verdict(&checks),
            decision_id: package.map_or_else(String::new, |package| package.decision_id().to_owned()),
            binding_digest: package.map_or_else(String::new, |package| package.binding_digest.clone()),
            checks,
            signers,
        }
    }

    fn ask(&self, on: &On, before: &[CheckResult]) -> Outcome {
        match on {
            On::Format => Outcome::of(self.package),
            On::Package(ask) => self.package.as_ref().map_or_else(|_| Outcome::not_checked("the file is no package"), ask),
            On::EventSchema => self.log.map_or_else(|| Outcome::not_checked("the file is no package"), Outcome::of),
            On::Log(ask) => self.log.and_then(|log| log.as_ref().ok()).map_or_else(|| Outcome::not_checked("the events cannot be read"), ask),
            On::Replay => self.history.map_or_else(|| Outcome::not_checked("the events cannot be read"), Outcome::of),
            On::History(ask) => {
                let history = self.history.and_then(|history| history.as_ref().ok());
                history.map_or_else(|| Outcome::not_checked("the events could not be replayed"), ask)
            }
            On::Gate(ask) => self.gate.map_or_else(|| Outcome::not_checked("no EXECUTION_REQUESTED could be replayed"), ask),
            On::Run(ask) => self.run.map_or_else(|| Outcome::not_checked("no recorded run could be replayed"), ask),
            On::RequiredChecks => required_checks(self.trust, before),
        }
    }
}

fn verdict(checks: &[CheckResult]) -> Verdict {
    let passed = |name: &str| checks.iter().any(|check| check.name == name && check.status == Status::Pass);
    if checks.iter().any(|check| check.status == Status::Fail) {
        Verdict::Broken
    } else if passed("server_signature") && passed("unknown_fields") {
        Verdict::Authentic
    } else {
        Verdict::Consistent
    }
}
