//! Holds the tables of fields equal to those of the pages.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::ptr;

use super::of_package::*;
use super::of_policies::{APPROVER_GROUP, GUARDRAIL, GUARDRAIL_MATCH, GUARDRAIL_USE, POLICY, POLICY_OVERRIDES, REQUIRED_LABEL, TEMPLATE_USE};
use super::of_trust_policy::TRUST_POLICY;
use super::schema::{Field, Kind, Message};
use crate::checks::list::CHECKS;
use crate::evidence::log::BODIES;

/// Under the name that the page has for each.
const MESSAGES: [(&str, &Message); 37] = [
    ("Package", &PACKAGE),
    ("ControlBundle", &CONTROL_BUNDLE),
    ("RouterSection", &ROUTER_SECTION),
    ("Link", &LINK),
    ("TemplateEvent", &TEMPLATE_EVENT),
    ("TemplateCreated", &TEMPLATE_CREATED),
    ("DsseEnvelope", &ENVELOPE),
    ("DsseSignature", &SIGNATURE),
    ("Event", &EVENT),
    ("Actor", &ACTOR),
    ("Label", &LABEL),
    ("decisionCreated", &DECISION_CREATED),
    ("Plan", &PLAN),
    ("PlanStep", &PLAN_STEP),
    ("PlanCall", &PLAN_CALL),
    ("policyAttached", &POLICY_ATTACHED),
    ("Policy", &POLICY),
    ("ApproverGroup", &APPROVER_GROUP),
    ("TemplateUse", &TEMPLATE_USE),
    ("PolicyOverrides", &POLICY_OVERRIDES),
    ("GuardrailUse", &GUARDRAIL_USE),
    ("Guardrail", &GUARDRAIL),
    ("GuardrailMatch", &GUARDRAIL_MATCH),
    ("RequiredLabel", &REQUIRED_LABEL),
    ("approvalGranted", &APPROVAL_GRANTED),
    ("approvalRevoked", &APPROVAL_REVOKED),
    ("executionRequested", &EXECUTION_REQUESTED),
    ("SeparationOfDuties", &SEPARATION_OF_DUTIES),
    ("BreakGlass", &BREAK_GLASS),
    ("executionStarted", &EXECUTION_STARTED),
    ("executionCompleted", &EXECUTION_COMPLETED),
    ("executionFailed", &EXECUTION_FAILED),
    ("decisionRejected", &REASON),
    ("decisionCancelled", &REASON),
    ("executionOutcomeUnknown", &OUTCOME_UNKNOWN),
    ("executionReviewed", &EXECUTION_REVIEWED),
    ("Settlement", &SETTLEMENT),
];

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs").join(name)).unwrap()
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

fn name_of(message: &Message) -> &'static str {
    MESSAGES.iter().find(|(_, other)| ptr::eq(*other, message)).unwrap().0
}

fn names(kind: &Kind) -> &'static str {
    let Kind::Name(names) = kind else { return "" };
    let known = [
        (MODES, "mode"),
        (ACTOR_TYPES, "actor type"),
        (SETTLEMENT_BASES, "settlement basis"),
        (OVERRULED, "what was overruled"),
        (REVIEW_VERDICTS, "verdict of a review"),
        (PACKAGE_MODES, "package mode"),
    ];
    known.into_iter().find(|(other, _)| other == names).unwrap().1
}

/// As the page says it, without articles.
fn type_of(kind: &Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Number | Kind::OptionalNumber => "number".to_owned(),
        Kind::Flag | Kind::OptionalFlag => "flag".to_owned(),
        Kind::Name(_) => format!("name of {}", names(kind)),
        Kind::Time => "time".to_owned(),
        Kind::Bytes => "bytes".to_owned(),
        Kind::Message(message) => name_of(message).to_owned(),
        Kind::List(kind) if matches!(kind, Kind::Name(_)) => format!("list of names of {}", names(kind)),
        Kind::List(kind) => format!("list of {}", type_of(kind)),
        Kind::Keyed(message) => format!("list of {}", name_of(message)),
    }
}

fn remark_of(field: &Field) -> &'static str {
    match field.kind {
        _ if field.required => "required",
        Kind::OptionalNumber | Kind::OptionalFlag => "optional",
        Kind::Keyed(_) => "in order of `key`",
        _ => "",
    }
}

#[test]
fn every_field_of_a_package_is_the_pages() {
    let page = page("audit-package.md");
    let fields = page.split_once("\n## Fields\n").unwrap().1.split_once("\n## Verifying\n").unwrap().0;
    let mut section = "";
    let mut listed = BTreeSet::new();
    for line in fields.lines() {
        section = line.strip_prefix("### ").unwrap_or(section);
        let cells = cells(line);
        let Some((owner, name)) = cells[0].strip_suffix('`').and_then(|cell| cell.split_once('`')) else { continue };
        if !line.starts_with('|') || (section == "Event" && BODIES.iter().any(|(body, _)| *body == name)) {
            continue;
        }
        let owner = if owner.is_empty() { section } else { owner.trim() };
        let kind = cells[1].replace("name of an ", "name of ").replace("name of a ", "name of ").replace("names of a ", "names of ");
        let remark = ["required", "optional", "in order of `key`"].into_iter().find(|remark| cells.get(2).is_some_and(|cell| cell.starts_with(remark)));
        listed.insert(format!("{owner} {name}: {kind} {}", remark.unwrap_or_default()));
    }
    let is_body = |field: &Field| BODIES.iter().any(|(body, _)| *body == field.name);
    let known: BTreeSet<String> = MESSAGES
        .iter()
        .flat_map(|(owner, message)| {
            message
                .fields
                .iter()
                .filter(|field| !is_body(field))
                .map(move |field| format!("{owner} {}: {} {}", field.name, type_of(&field.kind), remark_of(field)))
        })
        .collect();
    assert_eq!(known, listed);
    assert!(known.len() > 130, "{}", known.len());
}

#[test]
fn every_body_of_an_event_is_the_pages() {
    let page = page("audit-package.md");
    let table = page.split_once("| field | type of the event | written when |").unwrap().1.split_once("\n\n").unwrap().0;
    let listed: Vec<&str> = table.lines().filter_map(|line| cells(line)[0].strip_prefix('`')?.strip_suffix('`')).collect();
    assert_eq!(BODIES.map(|(name, _)| name).to_vec(), listed);
    for (name, _) in BODIES {
        let Some(Field { kind: Kind::Message(message), .. }) = EVENT.field(name) else { panic!("{name}") };
        assert!(MESSAGES.iter().any(|(other, body)| *other == name && ptr::eq(*body, *message)), "{name}");
    }
}

#[test]
fn every_field_of_a_trust_policy_is_the_pages() {
    let page = page("signatures.md");
    let table = page.split_once("| `policyVersion` | `nexus.attest/trust-policy/v1` |").unwrap().1.split_once("\n\n").unwrap().0;
    let listed: BTreeSet<String> =
        table.lines().flat_map(|line| cells(line)[0].split(", ")).filter_map(|cell| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned())).collect();
    let mut known = BTreeSet::new();
    for field in TRUST_POLICY.fields.iter().filter(|field| field.name != "policyVersion") {
        known.insert(field.name.to_owned());
        if let Kind::List(Kind::Message(message)) = field.kind {
            known.extend(message.fields.iter().map(|inner| format!("{}[].{}", field.name, inner.name)));
        }
    }
    assert_eq!(known, listed);
}

#[test]
fn every_check_is_the_pages_in_its_order() {
    let page = page("audit-package.md");
    let table = page.split_once("| check | asks |\n|-|-|\n").unwrap().1.split_once("\n\n").unwrap().0;
    let known: Vec<String> = CHECKS.iter().map(|check| format!("| `{}` | {} |", check.name, check.description)).collect();
    assert_eq!(known, table.lines().collect::<Vec<_>>());
}
