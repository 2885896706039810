//! Whether the guardrails are what they say, and those that have to be there are.

use std::collections::HashSet;

use crate::checks::outcome::Outcome;
use crate::evidence::gate::Gate;
use crate::evidence::guardrail::guardrail_uses;
use crate::evidence::log::Event;
use crate::json::digest::digest_of;

pub fn guardrails(gate: &Gate) -> Outcome {
    let in_force = match digests(gate.attached.event).and_then(|_| digests(gate.event)) {
        Ok(digests) => digests,
        Err(why) => return Outcome::fail(why),
    };
    let missing = gate.trust.required_guardrails.iter().find(|digest| !in_force.contains(digest.as_str()));
    Outcome::none_found(missing.map(|digest| format!("the guardrail {digest}, which the trust policy insists on, was not in force at the gate")))
}

/// Of the list that the event holds; fails if it names one wrongly, or twice.
fn digests<'a>(event: &Event<'a>) -> Result<HashSet<&'a str>, String> {
    let mut digests = HashSet::new();
    for used in guardrail_uses(event.body) {
        let digest = used.text("digest");
        if used.object("guardrail").is_none_or(|guardrail| digest_of(guardrail) != digest) {
            return Err(format!("event {}: {digest:?} is not the digest of its guardrail", event.place));
        }
        if !digests.insert(digest) {
            return Err(format!("event {}: the guardrail {digest} is there twice", event.place));
        }
    }
    Ok(digests)
}
