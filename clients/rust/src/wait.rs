use std::error::Error as StdError;
use std::fmt;

use tonic::Code;

use crate::client::Client;
use crate::errors::Error;
use crate::v1::{Decision, DecisionState, ExecuteDecisionRequest, GetDecisionRequest, Lifecycle, WatchDecisionResponse, watch_decision_response::Kind};

/// Why a wait ended in vain.
#[derive(Clone, Debug)]
pub enum WaitError {
    /// The decision took another turn: what was waited for cannot come any more. It ended, or passed the gate.
    WrongTurn(Box<Lifecycle>),
    /// A call failed.
    Failed(Error),
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongTurn(lifecycle) => {
                let state = lifecycle.state().as_str_name();
                write!(f, "the decision took another turn: it is {state}")
            }
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl StdError for WaitError {}

impl From<Error> for WaitError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Client {
    /// The lifecycle of a decision once it can be executed; at once if it can be already. `tokio::time::timeout` bounds the wait.
    ///
    /// # Errors
    /// [`WaitError::WrongTurn`] if the decision ended, or passed the gate, before.
    pub async fn wait_until_executable(&self, decision_id: &str) -> Result<Lifecycle, WaitError> {
        self.wait_until(decision_id, |lifecycle| {
            if lifecycle.executable {
                return Some(true);
            }
            match lifecycle.state() {
                DecisionState::Executing | DecisionState::OutcomeUnknown => Some(false),
                state if is_terminal(state) => Some(false),
                _ => None,
            }
        })
        .await
    }

    /// The lifecycle of a decision once it has come to its end; at once if it has already. `tokio::time::timeout` bounds the wait.
    ///
    /// # Errors
    /// Those of the calls.
    pub async fn wait_until_terminal(&self, decision_id: &str) -> Result<Lifecycle, WaitError> {
        self.wait_until(decision_id, |lifecycle| is_terminal(lifecycle.state()).then_some(true)).await
    }

    /// Executes a decision and gives it back as it is at its end: `COMPLETED`, `FAILED`, or `OUTCOME_UNKNOWN` if nobody can say how the run ended.
    ///
    /// It carries on through restarts of the server. Dropping it, as `tokio::time::timeout` does, ends the wait; the run goes on then. `adapter_id` names the
    /// adapter where the request names none.
    ///
    /// # Errors
    /// Those of the calls, such as `GATE_CLOSED`.
    pub async fn execute_and_wait(&self, decision_id: &str, adapter_id: Option<&str>) -> Result<Decision, Error> {
        let request = ExecuteDecisionRequest { decision_id: decision_id.into(), adapter_id: adapter_id.unwrap_or_default().into(), ..Default::default() };
        self.decisions.execute_decision(request).await?;
        let mut messages = self.watch(decision_id, 0);
        while let Some(message) = messages.next().await {
            let state = lifecycle_of(message?).map(|lifecycle| lifecycle.state());
            if state.is_some_and(|state| is_terminal(state) || state == DecisionState::OutcomeUnknown) {
                break;
            }
        }
        self.decision(decision_id, 0).await
    }

    /// The lifecycle that `holds` says of that it is what was waited for. It says false where that cannot come any more.
    async fn wait_until(&self, decision_id: &str, holds: impl Fn(&Lifecycle) -> Option<bool>) -> Result<Lifecycle, WaitError> {
        let decision = self.decision(decision_id, 1).await?;
        let mut messages = self.watch(decision_id, decision.head_seq.saturating_add(1));
        let mut last = decision.lifecycle.unwrap_or_default();
        loop {
            match holds(&last) {
                Some(true) => return Ok(last),
                Some(false) => return Err(WaitError::WrongTurn(Box::new(last))),
                None => {}
            }
            last = loop {
                match messages.next().await {
                    None => return Err(WaitError::WrongTurn(Box::new(last))),
                    Some(message) => match lifecycle_of(message?) {
                        Some(lifecycle) => break lifecycle,
                        None => continue,
                    },
                }
            };
        }
    }

    async fn decision(&self, decision_id: &str, timeline_limit: u32) -> Result<Decision, Error> {
        let request = GetDecisionRequest { decision_id: decision_id.into(), timeline_limit, ..Default::default() };
        let found = self.decisions.get_decision(request).await?;
        let absent = || Error::new(Code::Internal, "the server answers without the decision");
        found.decision.ok_or_else(absent)
    }
}

fn lifecycle_of(message: WatchDecisionResponse) -> Option<Lifecycle> {
    match message.kind {
        Some(Kind::Lifecycle(update)) => update.lifecycle,
        _ => None,
    }
}

fn is_terminal(state: DecisionState) -> bool {
    matches!(state, DecisionState::Completed | DecisionState::Failed | DecisionState::Rejected | DecisionState::Cancelled)
}
