//! The client of Nexus Attest: request, approve, execute and watch governed decisions.
//!
//! [`Client::connect`] gives a [`Client`]; the messages are the generated ones of the schema, in [`v1`]. Everything runs on tokio, and ends when its future or
//! stream is dropped.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod call;
mod client;
mod details;
mod errors;
mod identity;
mod retry;
mod services;
mod wait;
mod watch;

pub use call::Call;
pub use client::{Client, Options};
pub use errors::{Error, FieldViolation};
pub use identity::{Identity, TokenSource};
pub use services::{ApproverKeys, Audit, Decisions, Imported, Templates};
pub use tonic::Code;
pub use wait::WaitError;
pub use watch::Watch;

/// The messages of the schema, and the services as they were generated.
#[allow(missing_docs, clippy::all, clippy::pedantic, rustdoc::all)]
pub mod v1 {
    include!("generated/nexus.attest.v1.rs");
}

/// Messages of other packages that those of the schema hold.
pub use prost_types;
