//! Every field of a policy, and of what it can come from or be raised by, as docs/audit-package.md lists them.

use crate::fields::of_package::{LABEL, MODES};
use crate::fields::schema::Kind::{Flag, Keyed, List, Message as Of, Name, Number, OptionalFlag, OptionalNumber, Text};
use crate::fields::schema::{Message, field, required};

pub static POLICY: Message = Message {
    fields: &[
        field("minApprovals", Number),
        field("allowedModes", List(&Name(MODES))),
        field("requireAdapterCapabilities", List(&Text)),
        field("maxSteps", Number),
        field("labels", Keyed(&LABEL)),
        field("allowedAdapters", List(&Text)),
        field("allowSelfApproval", Flag),
        field("humansOnly", Flag),
        field("groups", List(&Of(&APPROVER_GROUP))),
        field("requireComment", Flag),
        field("maxApprovalLifetimeSeconds", Number),
        field("requireSignedApprovals", Flag),
    ],
};

pub static APPROVER_GROUP: Message = Message { fields: &[field("group", Text), field("minApprovals", Number)] };

pub static TEMPLATE_USE: Message =
    Message { fields: &[field("name", Text), field("digest", Text), required("templatePolicy", Of(&POLICY)), field("overrides", Of(&POLICY_OVERRIDES))] };

pub static POLICY_OVERRIDES: Message = Message {
    fields: &[
        field("minApprovals", OptionalNumber),
        field("allowedModes", List(&Name(MODES))),
        field("requireAdapterCapabilities", List(&Text)),
        field("maxSteps", OptionalNumber),
        field("labels", Keyed(&LABEL)),
        field("allowedAdapters", List(&Text)),
        field("allowSelfApproval", OptionalFlag),
        field("humansOnly", OptionalFlag),
        field("groups", List(&Of(&APPROVER_GROUP))),
        field("requireComment", OptionalFlag),
        field("maxApprovalLifetimeSeconds", OptionalNumber),
        field("requireSignedApprovals", OptionalFlag),
    ],
};

pub static GUARDRAIL_USE: Message = Message { fields: &[field("digest", Text), required("guardrail", Of(&GUARDRAIL))] };

pub static GUARDRAIL: Message = Message {
    fields: &[
        field("name", Text),
        field("match", Of(&GUARDRAIL_MATCH)),
        field("minApprovals", Number),
        field("groups", List(&Of(&APPROVER_GROUP))),
        field("humansOnly", Flag),
        field("requireSignedApprovals", Flag),
        field("allowedModes", List(&Name(MODES))),
        field("maxApprovalLifetimeSeconds", Number),
        field("requiredLabels", List(&Of(&REQUIRED_LABEL))),
        field("allowSelfApproval", Flag),
    ],
};

pub static GUARDRAIL_MATCH: Message = Message { fields: &[field("adapters", List(&Text)), field("labels", Keyed(&LABEL)), field("modes", List(&Name(MODES)))] };

pub static REQUIRED_LABEL: Message = Message { fields: &[field("key", Text), field("values", List(&Text))] };
