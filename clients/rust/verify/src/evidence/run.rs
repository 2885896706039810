//! The run that was recorded.

use std::ops::Deref;

use crate::evidence::gate::Gate;
use crate::evidence::log::{Event, Kind};

pub struct Run<'a> {
    pub gate: &'a Gate<'a>,
    /// EXECUTION_COMPLETED or EXECUTION_FAILED.
    pub outcome: &'a Event<'a>,
}

impl<'a> Deref for Run<'a> {
    type Target = Gate<'a>;

    fn deref(&self) -> &Gate<'a> {
        self.gate
    }
}

impl<'a> Run<'a> {
    /// `None` if there is no recorded run.
    pub fn of(gate: &'a Gate<'a>) -> Option<Self> {
        Some(Self { gate, outcome: gate.recorded_run? })
    }
}

/// Whether the outcome says that the run reported more steps than it may have.
pub fn is_max_steps_exceeded(outcome: &Event) -> bool {
    outcome.kind == Kind::ExecutionFailed && outcome.body.text("code") == "MAX_STEPS_EXCEEDED"
}
