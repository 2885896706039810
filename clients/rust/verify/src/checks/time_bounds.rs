//! Whether the log is of the time that the trust policy allows.

use crate::checks::outcome::Outcome;
use crate::evidence::log::Log;

pub fn time_bounds(log: &Log) -> Outcome {
    let bounds = &log.trust.bounds;
    if !bounds.are_set() {
        return Outcome::not_checked("no trust policy sets bounds of time");
    }
    // Of the one event only the one bound is asked, of the other the other.
    if bounds.from.is_some_and(|from| log.first().is_none_or(|first| first.occurred_at < from)) {
        return Outcome::fail("the first event occurred before notBefore");
    }
    if bounds.before.is_some_and(|before| log.last().is_none_or(|last| last.occurred_at >= before)) {
        return Outcome::fail("the last event did not occur before notAfter");
    }
    Outcome::pass()
}
