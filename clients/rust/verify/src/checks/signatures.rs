//! Checks of what the server and the router signed.

use crate::checks::outcome::Outcome;
use crate::evidence::log::{Kind, Log};
use crate::evidence::run::{Run, is_max_steps_exceeded};
use crate::report::{Role, Signer};
use crate::signing::envelope::Envelope;
use crate::signing::statements::{of_package, of_run};
use crate::trust::policy::NamedKey;

const MAX_SIGNATURES_OF_A_RUN: usize = 8;

pub fn server_signature(log: &Log) -> Outcome {
    let Some(signature) = log.object.object("signature") else {
        return Outcome::not_checked("the package is not signed");
    };
    let stated = Envelope::read(signature).filter(|envelope| of_package(log).is_some_and(|statement| envelope.states(&statement, 1)));
    let Some(envelope) = stated else {
        return Outcome::fail("what is signed is not this package");
    };
    let keys = &log.trust.server_keys;
    if keys.is_empty() {
        return Outcome::not_checked("it is signed; no trust policy names keys of a server to believe it by");
    }
    // The one signature names its key, and may name no other.
    let named = envelope.signatures.first().and_then(|signature| Some((signature, keys.iter().find(|named| named.key.id == signature.key_id)?)));
    let (Some((signature, named)), Some(last)) = (named, log.last()) else {
        return Outcome::fail("it is signed by a key that the trust policy does not name");
    };
    if !named.believed.hold(last.occurred_at) {
        return Outcome::fail("the key is not believed for the time of the last event");
    }
    if !named.key.finds_good(&envelope.signed_bytes(), &signature.bytes) {
        return Outcome::fail("the signature is not good");
    }
    Outcome::signed_by(vec![signer(Role::Server, named)])
}

pub fn router_signature(run: &Run) -> Outcome {
    let Some(signature) = run.outcome.body.object("routerSignature") else {
        return Outcome::not_checked("the router signed nothing");
    };
    let states: &[&str] = match run.outcome.kind {
        _ if is_max_steps_exceeded(run.outcome) => &["RUN_STATE_SUCCEEDED", "RUN_STATE_FAILED"],
        Kind::ExecutionCompleted => &["RUN_STATE_SUCCEEDED"],
        _ => &["RUN_STATE_FAILED"],
    };
    let mut statements = states.iter().filter_map(|state| of_run(run, state));
    let stated = Envelope::read(signature).filter(|envelope| statements.any(|statement| envelope.states(&statement, MAX_SIGNATURES_OF_A_RUN)));
    let Some(envelope) = stated else {
        return Outcome::fail("what is signed is not this run");
    };
    let adapter = run.gate.event.body.text("adapterId");
    let mut keys = run.trust.router_keys.iter().filter(|key| key.adapter_ids.iter().any(|id| id == adapter)).map(|key| &key.named).peekable();
    if keys.peek().is_none() {
        return Outcome::not_checked("no trust policy names keys of a router for this adapter");
    }
    let message = envelope.signed_bytes();
    let mut believed = keys.filter(|named| named.believed.hold(run.outcome.occurred_at));
    let good = believed.find(|named| envelope.signatures.iter().any(|signature| named.key.finds_good(&message, &signature.bytes)));
    good.map_or_else(|| Outcome::fail("no signature is good by a key that is believed"), |named| Outcome::signed_by(vec![signer(Role::Router, named)]))
}

fn signer(role: Role, named: &NamedKey) -> Signer {
    Signer { role, name: named.name.clone(), key_id: named.key.id.clone() }
}
