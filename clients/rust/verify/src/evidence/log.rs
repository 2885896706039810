//! A log whose events can all be read: what `event_schema` asks.

use std::ops::Deref;

use crate::evidence::guardrail::guardrails_within_bounds;
use crate::evidence::package::Package;
use crate::evidence::policy::Policy;
use crate::fields::inspect::{Empty, inspect};
use crate::fields::moment::{Moment, read_moment};
use crate::fields::of_package::EVENT;
use crate::json::value::Object;

pub struct Log<'a> {
    pub package: &'a Package<'a>,
    /// At least one.
    pub events: Vec<Event<'a>>,
}

pub struct Event<'a> {
    /// Place in the log, from 0.
    pub place: usize,
    pub json: &'a Object,
    /// Of the event as given.
    pub digest: &'a str,
    pub kind: Kind,
    pub body: &'a Object,
    pub occurred_at: Moment,
    pub actor: Actor<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor<'a> {
    pub kind: &'a str,
    pub id: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    DecisionCreated,
    PolicyAttached,
    ApprovalGranted,
    ApprovalRevoked,
    ExecutionRequested,
    ExecutionStarted,
    ExecutionCompleted,
    ExecutionFailed,
    DecisionRejected,
    DecisionCancelled,
    ExecutionOutcomeUnknown,
    ExecutionReviewed,
}

/// The fields that are bodies, of which an event has exactly one.
pub const BODIES: [(&str, Kind); 12] = [
    ("decisionCreated", Kind::DecisionCreated),
    ("policyAttached", Kind::PolicyAttached),
    ("approvalGranted", Kind::ApprovalGranted),
    ("approvalRevoked", Kind::ApprovalRevoked),
    ("executionRequested", Kind::ExecutionRequested),
    ("executionStarted", Kind::ExecutionStarted),
    ("executionCompleted", Kind::ExecutionCompleted),
    ("executionFailed", Kind::ExecutionFailed),
    ("decisionRejected", Kind::DecisionRejected),
    ("decisionCancelled", Kind::DecisionCancelled),
    ("executionOutcomeUnknown", Kind::ExecutionOutcomeUnknown),
    ("executionReviewed", Kind::ExecutionReviewed),
];

impl<'a> Deref for Log<'a> {
    type Target = Package<'a>;

    fn deref(&self) -> &Package<'a> {
        self.package
    }
}

impl<'a> Log<'a> {
    /// Fails as the check `event_schema` does.
    pub fn read(package: &'a Package<'a>) -> Result<Self, String> {
        let read = package.events.iter().zip(&package.event_digests).enumerate().map(|(place, (json, digest))| {
            let event = Event::read(place, json, digest);
            event.map_err(|why| format!("event {place}: {why}"))
        });
        Ok(Self { package, events: read.collect::<Result<_, _>>()? })
    }

    pub fn first(&self) -> Option<&Event<'a>> {
        self.events.first()
    }

    pub fn last(&self) -> Option<&Event<'a>> {
        self.events.last()
    }
}

impl<'a> Event<'a> {
    fn read(place: usize, json: &'a Object, digest: &'a str) -> Result<Self, String> {
        let findings = inspect(json, &EVENT, Empty::BreaksTheRule);
        if let Some(why) = findings.broken_rule.or(findings.missing).or(findings.disordered) {
            return Err(why);
        }
        let mut bodies = BODIES.iter().filter_map(|(name, kind)| Some((*kind, json.object(name)?)));
        let (Some((kind, body)), None) = (bodies.next(), bodies.next()) else {
            return Err("it has no body, or more than one".to_owned());
        };
        if let (Kind::PolicyAttached, Some(policy)) = (kind, body.object("policy")) {
            Policy::read(policy).within_bounds()?;
        }
        if matches!(kind, Kind::PolicyAttached | Kind::ExecutionRequested) {
            guardrails_within_bounds(body)?;
        }
        let occurred_at = read_moment(json.text("occurredAt")).ok_or("occurredAt is no time")?;
        let actor = json.object("actor").map(Actor::read).ok_or("actor is missing")?;
        Ok(Self { place, json, digest, kind, body, occurred_at, actor })
    }
}

impl<'a> Actor<'a> {
    pub fn read(actor: &'a Object) -> Self {
        Self { kind: actor.text("type"), id: actor.text("id") }
    }
}
