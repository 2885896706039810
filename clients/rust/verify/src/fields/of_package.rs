//! Every field of an audit package, as docs/audit-package.md lists them. A test holds the two equal.

use crate::fields::of_policies::{GUARDRAIL_USE, POLICY, TEMPLATE_USE};
use crate::fields::schema::Kind::{Bytes, Flag, Keyed, List, Message as Of, Name, Number, Text, Time};
use crate::fields::schema::{Message, field, required};

pub const MODES: &[&str] = &["MODE_DRY_RUN", "MODE_APPLY"];
pub const ACTOR_TYPES: &[&str] = &["ACTOR_TYPE_HUMAN", "ACTOR_TYPE_SYSTEM"];
pub const SETTLEMENT_BASES: &[&str] = &["SETTLEMENT_BASIS_ROUTER_ANSWER", "SETTLEMENT_BASIS_OPERATOR_STATEMENT"];
pub const OVERRULED: &[&str] = &["OVERRULED_RUNNING", "OVERRULED_SUCCEEDED", "OVERRULED_FAILED", "OVERRULED_NOT_ASKED"];
pub const REVIEW_VERDICTS: &[&str] = &["REVIEW_VERDICT_JUSTIFIED", "REVIEW_VERDICT_UNJUSTIFIED"];
pub const PACKAGE_MODES: &[&str] = &["PACKAGE_MODE_REFERENCE", "PACKAGE_MODE_EMBEDDED"];

pub static PACKAGE: Message = Message {
    fields: &[
        field("packageVersion", Text),
        field("controlBundle", Of(&CONTROL_BUNDLE)),
        field("controlDigest", Text),
        field("router", Of(&ROUTER_SECTION)),
        field("link", Of(&LINK)),
        field("linkDigest", Text),
        field("bindingDigest", Text),
        field("signature", Of(&ENVELOPE)),
        field("template", Of(&TEMPLATE_EVENT)),
    ],
};

pub static CONTROL_BUNDLE: Message =
    Message { fields: &[field("bundleVersion", Text), field("decisionId", Text), field("events", List(&Of(&EVENT))), field("headDigest", Text)] };

pub static ROUTER_SECTION: Message = Message {
    fields: &[
        field("mode", Name(PACKAGE_MODES)),
        field("runId", Text),
        field("adapterId", Text),
        field("routerDigest", Text),
        field("runBundle", Bytes),
        field("runBundleMediaType", Text),
    ],
};

pub static LINK: Message = Message {
    fields: &[
        field("decisionId", Text),
        field("runId", Text),
        field("adapterId", Text),
        field("mode", Name(MODES)),
        field("requestDigest", Text),
        field("policyDigest", Text),
        field("approvalDigests", List(&Text)),
        field("executionRequestedDigest", Text),
        field("routerRequestDigest", Text),
        field("routerDigest", Text),
    ],
};

pub static TEMPLATE_EVENT: Message = Message {
    fields: &[
        required("eventId", Text),
        field("name", Text),
        required("occurredAt", Time),
        required("actor", Of(&ACTOR)),
        field("delegate", Of(&ACTOR)),
        field("requestId", Text),
        required("templateCreated", Of(&TEMPLATE_CREATED)),
    ],
};

pub static TEMPLATE_CREATED: Message = Message { fields: &[required("policy", Of(&POLICY)), field("matchLabels", Keyed(&LABEL)), field("description", Text)] };

pub static ENVELOPE: Message = Message { fields: &[field("payload", Bytes), field("payloadType", Text), field("signatures", List(&Of(&SIGNATURE)))] };

pub static SIGNATURE: Message = Message { fields: &[field("keyid", Text), field("sig", Bytes)] };

/// Beside these an event has exactly one of `BODIES`.
pub static EVENT: Message = Message {
    fields: &[
        required("eventId", Text),
        field("decisionId", Text),
        field("seq", Number),
        required("occurredAt", Time),
        required("actor", Of(&ACTOR)),
        field("delegate", Of(&ACTOR)),
        field("requestId", Text),
        field("previousDigest", Text),
        field("decisionCreated", Of(&DECISION_CREATED)),
        field("policyAttached", Of(&POLICY_ATTACHED)),
        field("approvalGranted", Of(&APPROVAL_GRANTED)),
        field("approvalRevoked", Of(&APPROVAL_REVOKED)),
        field("executionRequested", Of(&EXECUTION_REQUESTED)),
        field("executionStarted", Of(&EXECUTION_STARTED)),
        field("executionCompleted", Of(&EXECUTION_COMPLETED)),
        field("executionFailed", Of(&EXECUTION_FAILED)),
        field("decisionRejected", Of(&REASON)),
        field("decisionCancelled", Of(&REASON)),
        field("executionOutcomeUnknown", Of(&OUTCOME_UNKNOWN)),
        field("executionReviewed", Of(&EXECUTION_REVIEWED)),
    ],
};

pub static ACTOR: Message = Message { fields: &[required("type", Name(ACTOR_TYPES)), required("id", Text)] };

pub static LABEL: Message = Message { fields: &[field("key", Text), field("value", Text)] };

pub static DECISION_CREATED: Message = Message {
    fields: &[field("goal", Text), required("mode", Name(MODES)), field("plan", Of(&PLAN)), field("adapterId", Text), field("labels", Keyed(&LABEL))],
};

pub static PLAN: Message = Message { fields: &[field("steps", List(&Of(&PLAN_STEP)))] };

pub static PLAN_STEP: Message = Message { fields: &[field("stepId", Text), field("intent", Text), required("call", Of(&PLAN_CALL))] };

pub static PLAN_CALL: Message = Message { fields: &[field("tool", Text), field("method", Text), field("argumentsJson", Text)] };

pub static POLICY_ATTACHED: Message =
    Message { fields: &[required("policy", Of(&POLICY)), field("template", Of(&TEMPLATE_USE)), field("guardrails", List(&Of(&GUARDRAIL_USE)))] };

pub static APPROVAL_GRANTED: Message = Message {
    fields: &[field("comment", Text), field("expiresAt", Time), field("requestDigest", Text), field("groups", List(&Text)), field("signature", Of(&ENVELOPE))],
};

pub static APPROVAL_REVOKED: Message = Message { fields: &[required("approver", Of(&ACTOR)), field("reason", Text)] };

pub static EXECUTION_REQUESTED: Message = Message {
    fields: &[
        field("adapterId", Text),
        required("mode", Name(MODES)),
        field("adapterCapabilities", List(&Text)),
        field("approvalDigests", List(&Text)),
        field("policyDigest", Text),
        field("routerRequestDigest", Text),
        field("guardrails", List(&Of(&GUARDRAIL_USE))),
        field("separationOfDuties", Of(&SEPARATION_OF_DUTIES)),
        field("breakGlass", Of(&BREAK_GLASS)),
    ],
};

pub static SEPARATION_OF_DUTIES: Message = Message { fields: &[field("executorIsNotRequester", Flag), field("approverIsNotExecutor", Flag)] };

pub static BREAK_GLASS: Message = Message { fields: &[field("reason", Text), field("minApprovals", Number), required("reviewBy", Time)] };

pub static EXECUTION_STARTED: Message = Message { fields: &[field("serverId", Text)] };

pub static EXECUTION_COMPLETED: Message = Message {
    fields: &[
        field("runId", Text),
        field("routerDigest", Text),
        field("stepsExecuted", Number),
        field("settlement", Of(&SETTLEMENT)),
        field("routerMediaType", Text),
        field("routerSignature", Of(&ENVELOPE)),
    ],
};

pub static EXECUTION_FAILED: Message = Message {
    fields: &[
        field("code", Text),
        field("message", Text),
        field("runId", Text),
        field("routerDigest", Text),
        field("stepsExecuted", Number),
        field("settlement", Of(&SETTLEMENT)),
        field("routerMediaType", Text),
        field("routerSignature", Of(&ENVELOPE)),
    ],
};

/// The body of DECISION_REJECTED and DECISION_CANCELLED.
pub static REASON: Message = Message { fields: &[field("reason", Text)] };

pub static OUTCOME_UNKNOWN: Message = Message { fields: &[field("reason", Text), field("runId", Text), field("settlement", Of(&SETTLEMENT))] };

pub static EXECUTION_REVIEWED: Message =
    Message { fields: &[required("verdict", Name(REVIEW_VERDICTS)), field("comment", Text), field("groups", List(&Text))] };

pub static SETTLEMENT: Message = Message { fields: &[required("basis", Name(SETTLEMENT_BASES)), field("reason", Text), field("overruled", Name(OVERRULED))] };
