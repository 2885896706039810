//! What happened, by a log that can have happened: what `replay` asks.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;

use crate::evidence::approval::Approval;
use crate::evidence::guardrail::raised;
use crate::evidence::log::{Actor, Event, Kind, Log};
use crate::evidence::policy::Policy;
use crate::json::value::Object;

pub struct History<'a> {
    pub log: &'a Log<'a>,
    /// DECISION_CREATED.
    pub created: &'a Event<'a>,
    pub attached: Option<Attached<'a>>,
    /// In order of the log.
    pub approvals: Vec<Approval<'a>>,
    /// EXECUTION_REQUESTED.
    pub gate: Option<&'a Event<'a>>,
    pub started: bool,
    /// EXECUTION_COMPLETED or EXECUTION_FAILED, if there is a run that it tells of. Nothing but reviews comes behind it.
    pub recorded_run: Option<&'a Event<'a>>,
    /// EXECUTION_REVIEWED, in order of the log.
    pub reviews: Vec<&'a Event<'a>>,
}

/// POLICY_ATTACHED.
pub struct Attached<'a> {
    pub event: &'a Event<'a>,
    pub policy_json: &'a Object,
    pub policy: Policy<'a>,
    /// By the guardrails of this event.
    pub raised: Policy<'a>,
}

/// What replay looks up again.
#[derive(Default)]
struct Seen<'a> {
    /// Places, in `approvals`, of those that are not revoked, by approver.
    unrevoked: HashMap<(&'a str, &'a str), Vec<usize>>,
    /// Ids of those who have reviewed.
    reviewers: HashSet<&'a str>,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    None,
    Open,
    Gated,
    Started,
    Unknown,
    /// Completed or failed.
    Ended,
    /// Rejected or cancelled.
    Over,
}

impl<'a> Deref for History<'a> {
    type Target = Log<'a>;

    fn deref(&self) -> &Log<'a> {
        self.log
    }
}

impl<'a> History<'a> {
    /// Fails as the check `replay` does.
    pub fn replay(log: &'a Log<'a>) -> Result<Self, String> {
        let created = log.events.first().ok_or("there is no event")?;
        let mut history = Self { log, created, attached: None, approvals: Vec::new(), gate: None, started: false, recorded_run: None, reviews: Vec::new() };
        let mut seen = Seen::default();
        let mut phase = Phase::None;
        let mut before: Option<&Event> = None;
        for event in &log.events {
            follows(event, before, created).map_err(|why| format!("event {}: {why}", event.place))?;
            phase = history.next_phase(phase, event, &mut seen).ok_or_else(|| format!("event {}: it cannot happen at this point", event.place))?;
            before = Some(event);
        }
        Ok(history)
    }

    /// `None` if the event cannot happen in the phase.
    fn next_phase(&mut self, phase: Phase, event: &'a Event<'a>, seen: &mut Seen<'a>) -> Option<Phase> {
        match (phase, event.kind) {
            (Phase::None, Kind::DecisionCreated) => Some(Phase::Open),
            (Phase::Open, Kind::PolicyAttached) if self.attached.is_none() => {
                let policy_json = event.body.object("policy")?;
                let policy = Policy::read(policy_json);
                self.attached = Some(Attached { event, policy_json, raised: raised(&policy, event.body), policy });
                Some(Phase::Open)
            }
            (Phase::Open, Kind::ApprovalGranted) if self.attached.is_some() => {
                seen.unrevoked.entry((event.actor.kind, event.actor.id)).or_default().push(self.approvals.len());
                self.approvals.push(Approval::read(event));
                Some(Phase::Open)
            }
            (Phase::Open, Kind::ApprovalRevoked) => {
                let approver = Actor::read(event.body.object("approver")?);
                let latest = seen.unrevoked.get_mut(&(approver.kind, approver.id))?.pop()?;
                self.approvals.get_mut(latest)?.revoked_at = Some(event.place);
                Some(Phase::Open)
            }
            (Phase::Open, Kind::DecisionRejected) if self.attached.is_some() => Some(Phase::Over),
            (Phase::Open, Kind::DecisionCancelled) => Some(Phase::Over),
            (Phase::Open, Kind::ExecutionRequested) if self.attached.is_some() => {
                self.gate = Some(event);
                Some(Phase::Gated)
            }
            (Phase::Gated, Kind::ExecutionStarted) => {
                self.started = true;
                Some(Phase::Started)
            }
            (Phase::Started, Kind::ExecutionOutcomeUnknown) => Some(Phase::Unknown),
            (Phase::Started | Phase::Unknown, Kind::ExecutionCompleted) | (Phase::Gated | Phase::Started | Phase::Unknown, Kind::ExecutionFailed) => {
                self.recorded_run = Some(event).filter(|event| is_recorded_run(event));
                Some(Phase::Ended)
            }
            (Phase::Gated | Phase::Started | Phase::Unknown | Phase::Ended, Kind::ExecutionReviewed) => {
                let gate = self.gate?;
                let may_review = gate.body.has("breakGlass") && event.actor.id != gate.actor.id && seen.reviewers.insert(event.actor.id);
                self.reviews.push(event);
                may_review.then_some(phase)
            }
            _ => None,
        }
    }
}

fn follows(event: &Event, before: Option<&Event>, first: &Event) -> Result<(), &'static str> {
    if !has_its_place_as_seq(event) {
        return Err("seq is not its place");
    }
    if event.json.text("decisionId") != first.json.text("decisionId") {
        return Err("decisionId is not that of the first event");
    }
    if event.json.text("previousDigest") != before.map_or("", |before| before.digest) {
        return Err("previousDigest is not the digest of the event before");
    }
    if before.is_some_and(|before| event.occurred_at < before.occurred_at) {
        return Err("occurredAt is before that of the event before");
    }
    Ok(())
}

pub fn has_its_place_as_seq(event: &Event) -> bool {
    usize::try_from(event.json.number("seq")) == Ok(event.place)
}

fn is_recorded_run(outcome: &Event) -> bool {
    !outcome.body.text("runId").is_empty() && !outcome.body.text("routerDigest").is_empty()
}
