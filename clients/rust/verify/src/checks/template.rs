//! Whether the policy is the template's, tightened by the overrides.

use crate::checks::outcome::Outcome;
use crate::checks::tighten::tighten;
use crate::evidence::history::{Attached, History};
use crate::evidence::policy::Policy;
use crate::fields::inspect::{Empty, inspect};
use crate::fields::of_package::TEMPLATE_EVENT;
use crate::json::digest::digest_of;
use crate::json::value::Object;

pub fn template(history: &History) -> Outcome {
    let used = history.attached.as_ref().and_then(|attached| Some((attached, attached.event.body.object("template")?)));
    match (used, history.template) {
        (None, None) => Outcome::not_checked("the policy came from no template"),
        (None, Some(_)) => Outcome::fail("the package has a template, and the policy came from none"),
        (Some((attached, template_use)), template) => {
            let wrong = came_of(attached, template_use).and_then(|()| template.map_or(Ok(()), |template| is_the_one_used(template, template_use)));
            match (wrong, template) {
                (Err(why), _) => Outcome::fail(why),
                (Ok(()), Some(_)) => Outcome::pass(),
                (Ok(()), None) => Outcome::not_checked("the template is not in the package: whether it said so is not known"),
            }
        }
    }
}

fn came_of(attached: &Attached, template_use: &Object) -> Result<(), String> {
    let policy = template_use.object("templatePolicy").map(Policy::read).ok_or("templatePolicy is missing")?;
    policy.within_bounds().map_err(|why| format!("of the template: {why}"))?;
    let none = Object::default();
    let overrides = template_use.object("overrides").unwrap_or(&none);
    let tightened = tighten(&policy, overrides).map_err(|field| format!("the override of {field} would loosen the template, or is no override"))?;
    if tightened == attached.policy { Ok(()) } else { Err("the policy is not what the overrides make of the template's".to_owned()) }
}

fn is_the_one_used(template: &Object, template_use: &Object) -> Result<(), String> {
    let findings = inspect(template, &TEMPLATE_EVENT, Empty::BreaksTheRule);
    if let Some(why) = findings.broken_rule.or(findings.missing).or(findings.disordered) {
        return Err(format!("the template cannot be read: {why}"));
    }
    if digest_of(template) != template_use.text("digest") {
        return Err("the template is not the one that was used: it has another digest".to_owned());
    }
    if template.text("name") != template_use.text("name") {
        return Err("the template has another name".to_owned());
    }
    let policy = template.object("templateCreated").and_then(|created| created.object("policy"));
    if policy.map(Policy::read) == template_use.object("templatePolicy").map(Policy::read) { Ok(()) } else { Err("the template has another policy".to_owned()) }
}
