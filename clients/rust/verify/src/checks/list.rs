//! The list of checks, in the order of the report. Whoever adds one adds a line here, as docs/audit-package.md has it, and a function.

use crate::checks::approvals::approvals_valid;
use crate::checks::approver_signatures::approver_signatures;
use crate::checks::break_glass::break_glass;
use crate::checks::file::{binding_digest, canonical_form, control_digest, head_digest, link_digest, proto_json, unknown_fields};
use crate::checks::gate::{approvals_relied_on, gate_conditions, policy_digest, quorum_at_gate, request_digest, router_request_digest};
use crate::checks::guardrails::guardrails;
use crate::checks::outcome::Outcome;
use crate::checks::run::{link, outcome, router_section, run_bundle};
use crate::checks::sequence::{event_chain, event_sequence};
use crate::checks::signatures::{router_signature, server_signature};
use crate::checks::template::template;
use crate::checks::time_bounds::time_bounds;
use crate::evidence::gate::Gate;
use crate::evidence::history::History;
use crate::evidence::log::Log;
use crate::evidence::package::Package;
use crate::evidence::run::Run;

pub struct Check {
    pub name: &'static str,
    /// What it asks, in one sentence.
    pub description: &'static str,
    pub on: On,
}

/// What has to be known for a check to be judged; without it the check is NOT_CHECKED. Each holds the one before.
pub enum On {
    /// Is it a package? What follows needs that it is.
    Format,
    Package(fn(&Package) -> Outcome),
    /// Can every event be read?
    EventSchema,
    Log(fn(&Log) -> Outcome),
    /// Can it have happened?
    Replay,
    History(fn(&History) -> Outcome),
    /// There is an EXECUTION_REQUESTED.
    Gate(fn(&Gate) -> Outcome),
    /// There is a recorded run.
    Run(fn(&Run) -> Outcome),
    /// How did the other checks end?
    RequiredChecks,
}

/// The one check that no trust policy can require.
pub const REQUIRED_CHECKS: &str = "required_checks";

pub static CHECKS: [Check; 31] = [
    check("format", On::Format, "The file is a package of a version that this verifier knows."),
    check("canonical_form", On::Package(canonical_form), "The file is in canonical form (RFC 8785), to the byte."),
    check("proto_json", On::Package(proto_json), "Every field is written as ProtoJSON writes it."),
    check("unknown_fields", On::Package(unknown_fields), "There is no field that this verifier does not know."),
    check("event_schema", On::EventSchema, "Every event can be read."),
    check("event_sequence", On::Log(event_sequence), "The events are those of one decision, numbered from 0 without a gap, in order of time."),
    check("event_chain", On::Log(event_chain), "Every event names the digest of the one before."),
    check("head_digest", On::Package(head_digest), "The head digest is that of the last event."),
    check("replay", On::Replay, "The events can have happened in this order."),
    check("request_digest", On::Gate(request_digest), "Every approval is a yes to exactly this request and this policy."),
    check("approvals_valid", On::History(approvals_valid), "Every approval was allowed when it was given."),
    check("policy_digest", On::Gate(policy_digest), "The gate was judged by the policy that was attached."),
    check("template", On::History(template), "The policy is the template's, tightened by the overrides that were recorded."),
    check("approvals_relied_on", On::Gate(approvals_relied_on), "The gate relied on exactly the approvals that counted at that moment."),
    check("quorum_at_gate", On::Gate(quorum_at_gate), "The quorum held at the gate."),
    check("gate_conditions", On::Gate(gate_conditions), "Mode, steps, labels, adapter and capabilities were as the policy and the guardrails want them."),
    check("guardrails", On::Gate(guardrails), "The guardrails are those that their digests name, and all that the trust policy insists on were in force."),
    check("break_glass", On::Gate(break_glass), "The gate was passed by its quorum, or without it as the trust policy accepts."),
    check("router_request_digest", On::Gate(router_request_digest), "What the router was asked to run is what was approved."),
    check("outcome", On::History(outcome), "The run was started once and its outcome is within the policy."),
    check("control_digest", On::Package(control_digest), "The control digest is that of the control bundle."),
    check("router_section", On::Run(router_section), "The run in the router section is the one that was recorded."),
    check("run_bundle", On::Run(run_bundle), "The run bundle is, to the byte, the one that was recorded."),
    check("link", On::Run(link), "The link between what was allowed and what was run follows from the events."),
    check("link_digest", On::Package(link_digest), "The link digest is that of the link."),
    check("binding_digest", On::Package(binding_digest), "The binding digest binds all of it."),
    check("server_signature", On::Log(server_signature), "A trusted server signed the package."),
    check("approver_signatures", On::Gate(approver_signatures), "Every approval that counted is signed by a trusted key of its approver."),
    check("router_signature", On::Run(router_signature), "A trusted router signed its run."),
    check("time_bounds", On::Log(time_bounds), "The log is of the time that the trust policy allows."),
    check(REQUIRED_CHECKS, On::RequiredChecks, "Everything that the trust policy insists on holds."),
];

const fn check(name: &'static str, on: On, description: &'static str) -> Check {
    Check { name, description, on }
}
