//! A policy, with the defaults of what is absent.

use std::collections::HashSet;

use crate::json::value::Object;

pub const MAX_APPROVALS: u32 = 100;
pub const MAX_GROUPS: usize = 16;

/// Two policies are equal if every known field is the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy<'a> {
    pub min_approvals: u32,
    pub allowed_modes: Vec<&'a str>,
    pub require_adapter_capabilities: Vec<&'a str>,
    /// 0: no limit.
    pub max_steps: u32,
    /// Key and value.
    pub labels: Vec<(&'a str, &'a str)>,
    pub allowed_adapters: Vec<&'a str>,
    pub allow_self_approval: bool,
    pub humans_only: bool,
    pub groups: Vec<Group<'a>>,
    pub require_comment: bool,
    /// 0: no limit.
    pub max_approval_lifetime_seconds: u32,
    pub require_signed_approvals: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group<'a> {
    pub name: &'a str,
    pub min_approvals: u32,
}

impl<'a> Policy<'a> {
    /// Of a message that keeps the rules of its fields.
    pub fn read(policy: &'a Object) -> Self {
        Self {
            min_approvals: policy.number("minApprovals"),
            allowed_modes: policy.texts("allowedModes"),
            require_adapter_capabilities: policy.texts("requireAdapterCapabilities"),
            max_steps: policy.number("maxSteps"),
            labels: labels(policy),
            allowed_adapters: policy.texts("allowedAdapters"),
            allow_self_approval: policy.flag("allowSelfApproval"),
            humans_only: policy.flag("humansOnly"),
            groups: groups(policy),
            require_comment: policy.flag("requireComment"),
            max_approval_lifetime_seconds: policy.number("maxApprovalLifetimeSeconds"),
            require_signed_approvals: policy.flag("requireSignedApprovals"),
        }
    }

    /// The bounds that `event_schema` sets.
    pub fn within_bounds(&self) -> Result<(), String> {
        if !(1..=MAX_APPROVALS).contains(&self.min_approvals) {
            return Err(format!("minApprovals of the policy is {}; it has to be 1 to {MAX_APPROVALS}", self.min_approvals));
        }
        groups_within_bounds(&self.groups).map_err(|why| format!("the policy {why}"))
    }
}

/// Of a policy or a guardrail.
pub fn groups_within_bounds(groups: &[Group]) -> Result<(), String> {
    if groups.len() > MAX_GROUPS {
        return Err(format!("has {} groups; it may have {MAX_GROUPS}", groups.len()));
    }
    if !all_differ(groups.iter().map(|group| group.name)) {
        return Err("names a group twice".to_owned());
    }
    match groups.iter().find(|group| !(1..=MAX_APPROVALS).contains(&group.min_approvals)) {
        Some(group) => Err(format!("has {} as minApprovals of the group {:?}; it has to be 1 to {MAX_APPROVALS}", group.min_approvals, group.name)),
        None => Ok(()),
    }
}

pub fn labels(message: &Object) -> Vec<(&str, &str)> {
    message.objects("labels").into_iter().map(|label| (label.text("key"), label.text("value"))).collect()
}

pub fn groups(message: &Object) -> Vec<Group<'_>> {
    message.objects("groups").into_iter().map(|group| Group { name: group.text("group"), min_approvals: group.number("minApprovals") }).collect()
}

pub fn all_differ<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = HashSet::new();
    names.all(|name| seen.insert(name))
}
