//! Whether everything that the trust policy insists on holds.

use crate::checks::outcome::Outcome;
use crate::report::{CheckResult, Status};
use crate::trust::policy::TrustPolicy;

pub fn required_checks(trust: &TrustPolicy, results: &[CheckResult]) -> Outcome {
    if trust.required_checks.is_empty() {
        return Outcome::not_checked("no trust policy insists on any check");
    }
    let wanting = results.iter().filter(|result| result.status != Status::Pass && trust.required_checks.iter().any(|name| name == result.name));
    let words: Vec<String> = wanting.map(|result| format!("{} is {}", result.name, result.status)).collect();
    Outcome::none_found(Some(words.join("; ")).filter(|words| !words.is_empty()))
}
