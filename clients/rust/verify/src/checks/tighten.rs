//! What overrides make of a template's policy. They can only tighten it.

use std::collections::{HashMap, HashSet};

use crate::evidence::policy::{Group, MAX_GROUPS, Policy, all_differ, groups, labels};
use crate::json::value::{Object, utf16_order};

const MAX_CAPABILITIES: usize = 32;
const MAX_LABELS: usize = 32;

/// The policy that comes of it, or the field that is refused.
pub fn tighten<'a>(template: &Policy<'a>, overrides: &'a Object) -> Result<Policy<'a>, &'static str> {
    let flag = |name: &'static str, template: bool, looser: bool| match overrides.optional_flag(name) {
        Some(flag) if flag == looser && template != looser => Err(name),
        Some(flag) => Ok(flag),
        None => Ok(template),
    };
    Ok(Policy {
        min_approvals: overrides
            .optional_number("minApprovals")
            .map_or(Ok(template.min_approvals), |number| if number < template.min_approvals { Err("minApprovals") } else { Ok(number) })?,
        allowed_modes: fewer(&template.allowed_modes, overrides.texts("allowedModes")).ok_or("allowedModes")?,
        require_adapter_capabilities: more(&template.require_adapter_capabilities, overrides.texts("requireAdapterCapabilities"))
            .ok_or("requireAdapterCapabilities")?,
        max_steps: lower(template.max_steps, overrides.optional_number("maxSteps")).ok_or("maxSteps")?,
        labels: more_labels(&template.labels, labels(overrides)).ok_or("labels")?,
        allowed_adapters: fewer(&template.allowed_adapters, overrides.texts("allowedAdapters")).ok_or("allowedAdapters")?,
        allow_self_approval: flag("allowSelfApproval", template.allow_self_approval, true)?,
        humans_only: flag("humansOnly", template.humans_only, false)?,
        groups: more_groups(&template.groups, groups(overrides)).ok_or("groups")?,
        require_comment: flag("requireComment", template.require_comment, false)?,
        max_approval_lifetime_seconds: lower(template.max_approval_lifetime_seconds, overrides.optional_number("maxApprovalLifetimeSeconds"))
            .ok_or("maxApprovalLifetimeSeconds")?,
        require_signed_approvals: flag("requireSignedApprovals", template.require_signed_approvals, false)?,
    })
}

/// A limit, of which 0 is none.
fn lower(template: u32, overriding: Option<u32>) -> Option<u32> {
    match overriding {
        Some(number) if template != 0 && (number == 0 || number > template) => None,
        other => Some(other.unwrap_or(template)),
    }
}

// Lists are as long as whoever made the file likes; so what is looked up in them is looked up in sets.

/// Those of the template's that the override names, in the template's order.
fn fewer<'a>(template: &[&'a str], overriding: Vec<&'a str>) -> Option<Vec<&'a str>> {
    if overriding.is_empty() {
        return Some(template.to_vec());
    }
    let (known, named) = (set(template), set(&overriding));
    let sound = named.len() == overriding.len() && named.is_subset(&known);
    sound.then(|| template.iter().copied().filter(|name| named.contains(name)).collect())
}

fn more<'a>(template: &[&'a str], overriding: Vec<&'a str>) -> Option<Vec<&'a str>> {
    if overriding.is_empty() {
        return Some(template.to_vec());
    }
    let known = set(template);
    let added = overriding.iter().copied().filter(|name| !known.contains(name));
    let result: Vec<&str> = template.iter().copied().chain(added).collect();
    let sound = set(&overriding).len() == overriding.len() && result.len() <= MAX_CAPABILITIES;
    sound.then_some(result)
}

fn set<'a>(names: &[&'a str]) -> HashSet<&'a str> {
    names.iter().copied().collect()
}

/// Key and value.
type Label<'a> = (&'a str, &'a str);

fn more_labels<'a>(template: &[Label<'a>], overriding: Vec<Label<'a>>) -> Option<Vec<Label<'a>>> {
    if overriding.is_empty() {
        return Some(template.to_vec());
    }
    let named: HashMap<&str, &str> = overriding.iter().copied().collect();
    let known: HashSet<&str> = template.iter().map(|(key, _)| *key).collect();
    let is_contradicted = |(key, value): &Label| named.get(key).is_some_and(|other| other != value);
    let added = overriding.iter().copied().filter(|(key, _)| !known.contains(key));
    let mut result: Vec<Label> = template.iter().copied().chain(added).collect();
    result.sort_by(|(one, _), (other, _)| utf16_order(one, other));
    let sound = named.len() == overriding.len() && !template.iter().any(is_contradicted) && result.len() <= MAX_LABELS;
    sound.then_some(result)
}

fn more_groups<'a>(template: &[Group<'a>], overriding: Vec<Group<'a>>) -> Option<Vec<Group<'a>>> {
    if overriding.is_empty() {
        return Some(template.to_vec());
    }
    let overridden = |group: &Group<'a>| overriding.iter().copied().find(|other| other.name == group.name).unwrap_or(*group);
    let loosens = |group: &Group<'a>| overridden(group).min_approvals < group.min_approvals;
    let is_new = |group: &Group| template.iter().all(|other| other.name != group.name);
    let result: Vec<Group> = template.iter().map(overridden).chain(overriding.iter().copied().filter(is_new)).collect();
    let sound = all_differ(overriding.iter().map(|group| group.name)) && !template.iter().any(loosens) && result.len() <= MAX_GROUPS;
    sound.then_some(result)
}
