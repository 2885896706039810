use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use prost::Message;
use tonic::{Code, Status};

use crate::details;
use crate::v1::{BlockingReason, GateClosed};

/// A call that failed. Programs look at [`reason`](Self::reason), not at the message: docs/errors.md explains every reason and says what to do.
#[derive(Clone, Debug)]
pub struct Error(Box<Facts>);

#[derive(Clone, Debug)]
struct Facts {
    code: Code,
    reason: String,
    message: String,
    metadata: HashMap<String, String>,
    blocking_reasons: Vec<BlockingReason>,
    field_violations: Vec<FieldViolation>,
    retry_delay: Option<Duration>,
}

/// A field of the request that breaks a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Its path, such as `policy.min_approvals`.
    pub field: String,
    /// What it should be.
    pub description: String,
}

impl Error {
    /// The code of the call's status.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// A name of the schema's `ErrorReason` without its prefix, such as `GATE_CLOSED`; empty if no server said one, for the network failed.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What went wrong, for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Facts that a program may want to go on with; docs/errors.md says which come with which reason.
    pub fn metadata(&self) -> &HashMap<String, String> {
        &self.0.metadata
    }

    /// With `GATE_CLOSED`: why the decision cannot be executed now.
    pub fn blocking_reasons(&self) -> &[BlockingReason] {
        &self.0.blocking_reasons
    }

    /// The fields of the request that break a constraint.
    pub fn field_violations(&self) -> &[FieldViolation] {
        &self.0.field_violations
    }

    /// How long the server would like to be left alone, if it says so.
    pub fn retry_delay(&self) -> Option<Duration> {
        self.0.retry_delay
    }

    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            code,
            message: message.into(),
            reason: String::new(),
            metadata: HashMap::new(),
            blocking_reasons: Vec::new(),
            field_violations: Vec::new(),
            retry_delay: None,
        }))
    }

    /// An error with all the causes that lie below it.
    pub(crate) fn from_cause(code: Code, what: &str, cause: &(dyn StdError + 'static)) -> Self {
        Self::new(code, with_causes(what, Some(cause)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason() {
            "" => write!(f, "{:?}: {}", self.code(), self.message()),
            reason => write!(f, "{reason}: {}", self.message()),
        }
    }
}

impl StdError for Error {}

impl From<Status> for Error {
    /// Reads what the status of a call and its details say. Details that cannot be read are left out: the code stands.
    fn from(status: Status) -> Self {
        let message = with_causes(status.message(), status.source());
        let mut error = Self::new(status.code(), message);
        let facts = &mut error.0;
        let details = details::Status::decode(status.details()).unwrap_or_default();
        for detail in details.details {
            let value = detail.value.as_slice();
            match detail.type_url.rsplit('/').next().unwrap_or_default() {
                "google.rpc.ErrorInfo" => {
                    let info = details::ErrorInfo::decode(value).unwrap_or_default();
                    (facts.reason, facts.metadata) = (info.reason, info.metadata);
                }
                "google.rpc.BadRequest" => {
                    let bad = details::BadRequest::decode(value).unwrap_or_default();
                    let violations = bad.field_violations.into_iter();
                    facts.field_violations.extend(violations.map(|each| FieldViolation { field: each.field, description: each.description }));
                }
                "google.rpc.RetryInfo" => {
                    let info = details::RetryInfo::decode(value).unwrap_or_default();
                    facts.retry_delay = info.retry_delay.and_then(|delay| delay.try_into().ok());
                }
                "nexus.attest.v1.GateClosed" => {
                    let gate = GateClosed::decode(value).unwrap_or_default();
                    facts.blocking_reasons.extend(gate.blocking_reasons);
                }
                _ => {}
            }
        }
        error
    }
}

/// What went wrong with all that lies below it, where transports say what happened. That it was a `transport error` says the code.
fn with_causes(what: &str, mut cause: Option<&(dyn StdError + 'static)>) -> String {
    let mut said = what.to_owned();
    while let Some(error) = cause {
        let more = error.to_string();
        if more != "transport error" && !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        cause = error.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_types::Any;

    fn detail(name: &str, value: Vec<u8>) -> Any {
        Any { type_url: format!("type.googleapis.com/{name}"), value }
    }

    fn status(details: Vec<Any>) -> Status {
        let packed = details::Status { details }.encode_to_vec();
        Status::with_details(Code::ResourceExhausted, "not now", packed.into())
    }

    #[test]
    fn reason_metadata_and_the_pause_that_the_server_asks_for_are_read() {
        let info = details::ErrorInfo { reason: "RATE_LIMITED".into(), metadata: [("limit".into(), "5".into())].into() };
        let wait = details::RetryInfo { retry_delay: Some(prost_types::Duration { seconds: 1, nanos: 500_000_000 }) };
        let error = Error::from(status(vec![
            detail("google.rpc.ErrorInfo", info.encode_to_vec()),
            detail("google.rpc.RetryInfo", wait.encode_to_vec()),
            detail("example.Unknown", vec![1, 2, 3]),
        ]));
        assert_eq!((error.reason(), error.code()), ("RATE_LIMITED", Code::ResourceExhausted));
        assert_eq!(error.metadata()["limit"], "5");
        assert_eq!(error.retry_delay(), Some(Duration::from_millis(1_500)));
        assert_eq!(error.to_string(), "RATE_LIMITED: not now");
    }

    #[test]
    fn details_that_cannot_be_read_leave_code_and_message() {
        let back_in_time = details::RetryInfo { retry_delay: Some(prost_types::Duration { seconds: -1, nanos: 0 }) };
        for broken in [
            status(vec![detail("google.rpc.ErrorInfo", vec![0xff]), detail("google.rpc.RetryInfo", back_in_time.encode_to_vec())]),
            Status::with_details(Code::ResourceExhausted, "not now", vec![0xff; 9].into()),
        ] {
            let error = Error::from(broken);
            assert_eq!((error.reason(), error.retry_delay()), ("", None));
            assert_eq!(error.to_string(), "ResourceExhausted: not now");
        }
    }
}
