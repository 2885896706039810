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

mod json_report;
mod report;
mod verify;

/// JSON, its canonical form, and digests of it.
mod json {
    pub mod canonical;
    pub mod digest;
    pub mod ecmascript;
    pub mod parse;
    #[cfg(test)]
    mod parse_tests;
    pub mod scan;
    pub mod value;
}

/// What fields there are, and whether they are written as they should be.
mod fields {
    pub mod inspect;
    pub mod moment;
    pub mod of_package;
    pub mod of_policies;
    pub mod of_trust_policy;
    #[cfg(test)]
    mod page_tests;
    pub mod schema;
}

/// What a package holds, stage by stage: each needs the one before.
mod evidence {
    pub mod approval;
    pub mod gate;
    pub mod guardrail;
    pub mod history;
    pub mod log;
    pub mod package;
    pub mod policy;
    pub mod run;
}

mod signing {
    pub mod envelope;
    pub mod keys;
    pub mod statements;
}

/// Whom to believe.
mod trust {
    pub mod policy;
    pub mod reader;
}

/// What is asked of a package; `list` names it all.
mod checks {
    pub mod approvals;
    pub mod approver_signatures;
    pub mod break_glass;
    pub mod file;
    pub mod gate;
    pub mod guardrails;
    pub mod list;
    pub mod outcome;
    pub mod quorum;
    pub mod required_checks;
    pub mod run;
    pub mod seats;
    pub mod sequence;
    pub mod signatures;
    pub mod template;
    pub mod tighten;
    pub mod time_bounds;
}

pub use evidence::package::MAX_FILE as MAX_PACKAGE;
pub use report::{CheckResult, Report, Role, Signer, Status, Verdict};
pub use trust::policy::TrustPolicy;
pub use trust::reader::{MAX_FILE as MAX_TRUST_POLICY, TrustPolicyError, read_trust_policy};
pub use verify::verify;
