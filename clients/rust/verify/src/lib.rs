//! Checks audit packages of Nexus Attest: offline, without a server, and without the code of those who made them. Written from `docs/audit-package.md` and
//! `docs/signatures.md` alone.
//!
//! ```
//! use nexus_attest_verify::{TrustPolicy, Verdict, verify};
//!
//! let report = verify(b"no package at all", &TrustPolicy::nobody());
//! assert_eq!(report.verdict, Verdict::Broken);
//! ```

#![forbid(unsafe_code)]
// A package comes from anybody. Nothing outside the tests may panic because of it.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unreachable, clippy::todo))]

mod approvals;
mod approver_signatures;
mod canonical;
mod checks;
mod digest;
mod ecmascript;
mod envelope;
mod fields;
mod file;
mod gate;
mod history;
mod inspect;
mod json;
mod json_report;
mod keys;
mod log;
mod moment;
mod outcome;
mod package;
mod parse;
mod policy;
mod report;
mod required_checks;
mod run;
mod scan;
mod schema;
mod seats;
mod sequence;
mod signatures;
mod statements;
mod template;
mod tighten;
mod time_bounds;
mod trust;
mod trust_fields;
mod trust_reader;
mod verify;

pub use package::MAX_FILE as MAX_PACKAGE;
pub use report::{CheckResult, Report, Role, Signer, Status, Verdict};
pub use trust::TrustPolicy;
pub use trust_reader::{MAX_FILE as MAX_TRUST_POLICY, TrustPolicyError, read_trust_policy};
pub use verify::verify;
