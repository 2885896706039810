//! The gate: what was relied on when execution was requested.

use std::ops::Deref;

use crate::evidence::approval::{Approval, counting_at};
use crate::evidence::guardrail::raised;
use crate::evidence::history::{Attached, History};
use crate::evidence::log::Event;
use crate::evidence::policy::Policy;
use crate::json::digest::digest_of;
use crate::json::value::{Object, Value};

pub struct Gate<'a> {
    pub history: &'a History<'a>,
    /// EXECUTION_REQUESTED.
    pub event: &'a Event<'a>,
    pub attached: &'a Attached<'a>,
    /// The policy raised by all guardrails: those of POLICY_ATTACHED, then those of the gate.
    pub raised: Policy<'a>,
    /// Present if the gate was passed without the quorum.
    pub break_glass: Option<&'a Object>,
    /// What was approved, as recomputed.
    pub request_digest: String,
    /// As recomputed.
    pub policy_digest: String,
    /// The approvals that counted.
    pub counting: Vec<&'a Approval<'a>>,
}

impl<'a> Deref for Gate<'a> {
    type Target = History<'a>;

    fn deref(&self) -> &History<'a> {
        self.history
    }
}

impl<'a> Gate<'a> {
    /// `None` if execution was never requested.
    pub fn of(history: &'a History<'a>) -> Option<Self> {
        let event = history.gate?;
        let attached = history.attached.as_ref()?;
        let request = Object::of([
            ("decisionId", history.control.get("decisionId").cloned()),
            ("decisionCreated", Some(Value::Object(history.created.body.clone()))),
            ("policyAttached", Some(Value::Object(attached.event.body.clone()))),
        ]);
        let raised = raised(&attached.raised, event.body);
        Some(Self {
            history,
            event,
            attached,
            request_digest: digest_of(&request),
            policy_digest: digest_of(attached.policy_json),
            break_glass: event.body.object("breakGlass"),
            counting: counting_at(history, &raised, event),
            raised,
        })
    }
}
