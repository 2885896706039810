//! Checks of the row of events.

use std::collections::HashSet;

use crate::checks::outcome::Outcome;
use crate::evidence::history::has_its_place_as_seq;
use crate::evidence::log::Log;

pub fn event_sequence(log: &Log) -> Outcome {
    let mut seen = HashSet::new();
    let mut before = None;
    for event in &log.events {
        let wrong = if !has_its_place_as_seq(event) {
            Some("seq is not its place")
        } else if event.json.text("decisionId") != log.decision_id() {
            Some("decisionId is not that of the control bundle")
        } else if !seen.insert(event.json.text("eventId")) {
            Some("eventId is that of an earlier event")
        } else if before.is_some_and(|before| event.occurred_at < before) {
            Some("occurredAt is before that of the event before")
        } else {
            None
        };
        if let Some(why) = wrong {
            return Outcome::fail(format!("event {}: {why}", event.place));
        }
        before = Some(event.occurred_at);
    }
    Outcome::pass()
}

pub fn event_chain(log: &Log) -> Outcome {
    let mut before = "";
    for event in &log.events {
        let given = event.json.text("previousDigest");
        if given != before {
            return Outcome::differ(before, given, &format!("event {}: previousDigest is not the digest of the event before", event.place));
        }
        before = event.digest;
    }
    Outcome::pass()
}
