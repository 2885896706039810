//! Whether the approvals that counted are signed by their approvers.

use std::collections::{HashMap, HashSet};

use crate::checks::outcome::Outcome;
use crate::evidence::approval::Approval;
use crate::evidence::gate::Gate;
use crate::json::digest::digits_of;
use crate::json::parse::{Repeated, parse};
use crate::json::value::{Object, Value};
use crate::report::{Role, Signer};
use crate::signing::envelope::Envelope;
use crate::signing::statements::of_approval;

/// Bytes of a payload that is looked into.
const MAX_PAYLOAD: usize = 32_768;

pub fn approver_signatures(gate: &Gate) -> Outcome {
    if let Err(place) = signed_approvals_are_stated(gate) {
        return Outcome::fail(format!("event {place}: what is signed is not this approval, or was signed for an earlier one"));
    }
    if gate.trust.approver_keys.is_empty() {
        return Outcome::not_checked("no trust policy names keys of approvers");
    }
    let mut signers = Vec::new();
    for approval in gate.counting.iter().filter(|approval| approval.signature.is_some()) {
        match key_that_finds_it_good(gate, approval) {
            Some(key_id) => signers.push(Signer { role: Role::Approver, name: approval.event.actor.id.to_owned(), key_id }),
            None => return Outcome::fail(format!("event {}: not signed by a key of its approver that is believed", approval.event.place)),
        }
    }
    if gate.counting.is_empty() || signers.len() < gate.counting.len() {
        return Outcome::not_checked("not every approval that counted is signed");
    }
    Outcome::signed_by(signers)
}

/// Of all signed approvals, whether they counted or not; fails with the place of one.
fn signed_approvals_are_stated(gate: &Gate) -> Result<(), usize> {
    let place_by_digest: HashMap<&str, usize> = gate.events.iter().map(|event| (event.digest, event.place)).collect();
    let mut payloads = HashSet::new();
    for approval in &gate.approvals {
        let Some(signature) = approval.signature else { continue };
        let place = approval.event.place;
        let envelope = Envelope::read(signature).ok_or(place)?;
        let head = head_digest(&envelope.payload).ok_or(place)?;
        let head_place = place_by_digest.get(head.as_str()).ok_or(place)?;
        let could_be_seen = (gate.attached.event.place..place).contains(head_place);
        let stated = of_approval(gate, approval, &head).is_some_and(|statement| envelope.states(&statement, 1));
        if !could_be_seen || !stated || !payloads.insert(envelope.payload) {
            return Err(place);
        }
    }
    Ok(())
}

/// The one thing that is taken out of a payload.
fn head_digest(payload: &[u8]) -> Option<String> {
    if payload.len() > MAX_PAYLOAD {
        return None;
    }
    let statement = parse(payload, Repeated::LastCounts).ok()?;
    let head = statement.as_object().and_then(|statement| statement.object("predicate")).and_then(|predicate: &Object| predicate.get("headDigest"));
    head.and_then(Value::as_text).filter(|head| digits_of(head).is_some()).map(str::to_owned)
}

fn key_that_finds_it_good(gate: &Gate, approval: &Approval) -> Option<String> {
    let envelope = Envelope::read(approval.signature?)?;
    let signature = envelope.signatures.first()?;
    let message = envelope.signed_bytes();
    let of_approver = gate.trust.approver_keys.iter().filter(|key| key.kind == approval.event.actor.kind && key.id == approval.event.actor.id);
    let mut believed = of_approver.filter(|key| key.believed.hold(approval.event.occurred_at) && key.believed.hold(gate.event.occurred_at));
    believed.find(|key| key.key.finds_good(&message, &signature.bytes)).map(|key| key.key.id.clone())
}
