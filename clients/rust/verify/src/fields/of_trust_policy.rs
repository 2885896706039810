//! Every field of a trust policy, as docs/signatures.md lists them.

use crate::fields::of_package::ACTOR;
use crate::fields::schema::Kind::{Bytes, List, Message as Of, Name, Text, Time};
use crate::fields::schema::{Message, field, required};

pub const ACCEPTED_BREAK_GLASS: &[&str] = &["ACCEPTED_BREAK_GLASS_REVIEWED", "ACCEPTED_BREAK_GLASS_ALL"];

pub static TRUST_POLICY: Message = Message {
    fields: &[
        required("policyVersion", Text),
        field("serverKeys", List(&Of(&SERVER_KEY))),
        field("approverKeys", List(&Of(&APPROVER_KEY))),
        field("routerKeys", List(&Of(&ROUTER_KEY))),
        field("requiredChecks", List(&Text)),
        field("requiredGuardrails", List(&Text)),
        field("acceptedBreakGlass", Name(ACCEPTED_BREAK_GLASS)),
        field("notBefore", Time),
        field("notAfter", Time),
    ],
};

static SERVER_KEY: Message = Message { fields: &[field("name", Text), required("publicKey", Bytes), field("notBefore", Time), field("notAfter", Time)] };

static APPROVER_KEY: Message =
    Message { fields: &[required("approver", Of(&ACTOR)), required("publicKey", Bytes), field("notBefore", Time), field("revokedAt", Time)] };

static ROUTER_KEY: Message = Message {
    fields: &[field("name", Text), required("publicKey", Bytes), required("adapterIds", List(&Text)), field("notBefore", Time), field("notAfter", Time)],
};
