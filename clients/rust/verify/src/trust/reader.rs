//! Reads a trust policy. One that is not understood in full is refused: a rule that means nothing to a verifier must not mean to have none.

use std::error::Error;
use std::fmt;

use crate::checks::list::{CHECKS, REQUIRED_CHECKS};
use crate::evidence::policy::all_differ;
use crate::fields::inspect::{Empty, inspect};
use crate::fields::moment::read_moment;
use crate::fields::of_trust_policy::TRUST_POLICY;
use crate::json::digest::{digits_of, from_base64};
use crate::json::parse::{Repeated, parse};
use crate::json::value::Object;
use crate::signing::keys::PublicKey;
use crate::trust::policy::{AcceptedBreakGlass, ApproverKey, Bounds, NamedKey, RouterKey, TrustPolicy};

const POLICY_VERSION: &str = "nexus.attest/trust-policy/v1";
/// Bytes of a file.
pub const MAX_FILE: usize = 1024 * 1024;
const MAX_KEYS: usize = 1_000;
const MAX_ADAPTERS: usize = 1_000;
const MAX_NAME: usize = 256;
const MAX_GUARDRAILS: usize = 32;

/// Why a trust policy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustPolicyError(String);

impl fmt::Display for TrustPolicyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "no trust policy that can be used: {}", self.0)
    }
}

impl Error for TrustPolicyError {}

/// The file is the ProtoJSON of `nexus.attest.v1.TrustPolicy`, of at most 1 MiB.
pub fn read_trust_policy(file: &[u8]) -> Result<TrustPolicy, TrustPolicyError> {
    read(file).map_err(TrustPolicyError)
}

fn read(file: &[u8]) -> Result<TrustPolicy, String> {
    if file.len() > MAX_FILE {
        return Err(format!("it is larger than {MAX_FILE} bytes"));
    }
    let value = parse(file, Repeated::Refused).map_err(|why| why.to_string())?;
    let policy = value.as_object().ok_or("it is no JSON object")?;
    let findings = inspect(policy, &TRUST_POLICY, Empty::MeansNone);
    if let Some(why) = findings.wrong_type.or(findings.unknown).or(findings.broken_rule).or(findings.missing) {
        return Err(why);
    }
    if policy.text("policyVersion") != POLICY_VERSION {
        return Err(format!("policyVersion has to be {POLICY_VERSION}"));
    }
    Ok(TrustPolicy {
        server_keys: keys(policy, "serverKeys", named_key, |key| &key.key)?,
        approver_keys: keys(policy, "approverKeys", approver_key, |key| &key.key)?,
        router_keys: keys(policy, "routerKeys", router_key, |key| &key.named.key)?,
        required_checks: required_checks(policy)?,
        required_guardrails: required_guardrails(policy)?,
        accepted_break_glass: accepted_break_glass(policy)?,
        bounds: bounds(policy, "notAfter")?,
    })
}

fn keys<Key>(policy: &Object, list: &str, read: fn(&Object) -> Result<Key, String>, key_of: fn(&Key) -> &PublicKey) -> Result<Vec<Key>, String> {
    let given = policy.objects(list);
    if given.len() > MAX_KEYS {
        return Err(format!("{list} holds more than {MAX_KEYS}"));
    }
    let read = given.into_iter().enumerate().map(|(index, key)| read(key).map_err(|why| format!("{list}[{index}]: {why}")));
    let keys: Vec<Key> = read.collect::<Result<_, _>>()?;
    if all_differ(keys.iter().map(|key| key_of(key).id.as_str())) { Ok(keys) } else { Err(format!("{list} holds a key twice")) }
}

fn named_key(key: &Object) -> Result<NamedKey, String> {
    let name = key.text("name");
    if name.chars().count() > MAX_NAME {
        return Err(format!("name is longer than {MAX_NAME} characters"));
    }
    Ok(NamedKey { name: name.to_owned(), key: public_key(key)?, believed: bounds(key, "notAfter")? })
}

fn approver_key(key: &Object) -> Result<ApproverKey, String> {
    let approver = key.object("approver").ok_or("approver is missing")?;
    if approver.text("id").is_empty() {
        return Err("approver.id is empty".to_owned());
    }
    Ok(ApproverKey { kind: approver.text("type").to_owned(), id: approver.text("id").to_owned(), key: public_key(key)?, believed: bounds(key, "revokedAt")? })
}

fn router_key(key: &Object) -> Result<RouterKey, String> {
    let adapter_ids = key.texts("adapterIds");
    if adapter_ids.is_empty() || adapter_ids.len() > MAX_ADAPTERS || !all_differ(adapter_ids.iter().copied()) || adapter_ids.contains(&"") {
        return Err(format!("adapterIds have to be 1 to {MAX_ADAPTERS}, none twice and none empty"));
    }
    Ok(RouterKey { named: named_key(key)?, adapter_ids: adapter_ids.into_iter().map(str::to_owned).collect() })
}

fn public_key(key: &Object) -> Result<PublicKey, String> {
    let bytes = from_base64(key.text("publicKey")).ok_or("publicKey is no base64")?;
    Ok(PublicKey::read(&bytes)?)
}

fn bounds(message: &Object, end: &str) -> Result<Bounds, String> {
    let bounds = Bounds { from: read_moment(message.text("notBefore")), before: read_moment(message.text(end)) };
    match (bounds.from, bounds.before) {
        (Some(from), Some(before)) if before <= from => Err(format!("{end} is not after notBefore")),
        _ => Ok(bounds),
    }
}

fn required_checks(policy: &Object) -> Result<Vec<String>, String> {
    let names = policy.texts("requiredChecks");
    if !all_differ(names.iter().copied()) {
        return Err("requiredChecks names a check twice".to_owned());
    }
    let unknown = names.iter().find(|&&name| name == REQUIRED_CHECKS || CHECKS.iter().all(|check| check.name != name));
    match unknown {
        Some(name) => Err(format!("requiredChecks names {name:?}, which is no check that can be required")),
        None => Ok(names.into_iter().map(str::to_owned).collect()),
    }
}

fn required_guardrails(policy: &Object) -> Result<Vec<String>, String> {
    let digests = policy.texts("requiredGuardrails");
    if digests.len() > MAX_GUARDRAILS || !all_differ(digests.iter().copied()) {
        return Err(format!("requiredGuardrails may hold {MAX_GUARDRAILS}, none twice"));
    }
    match digests.iter().find(|digest| digits_of(digest).is_none()) {
        Some(other) => Err(format!("requiredGuardrails holds {other:?}, which is no digest")),
        None => Ok(digests.into_iter().map(str::to_owned).collect()),
    }
}

fn accepted_break_glass(policy: &Object) -> Result<AcceptedBreakGlass, String> {
    match policy.text("acceptedBreakGlass") {
        "" => Ok(AcceptedBreakGlass::Nothing),
        "ACCEPTED_BREAK_GLASS_REVIEWED" => Ok(AcceptedBreakGlass::Reviewed),
        "ACCEPTED_BREAK_GLASS_ALL" => Ok(AcceptedBreakGlass::All),
        other => Err(format!("acceptedBreakGlass is {other:?}, which this verifier does not know")),
    }
}
