//! Each rule of the pages alone: a log is changed, made to agree in everything else, and the checks that fail have to be exactly those.

#[path = "../common/mod.rs"]
mod common;

mod approvals;
mod approver_signatures;
mod break_glass;
mod forger;
mod gate;
mod guardrails;
mod log;
mod router_signature;
mod run;
mod separation_of_duties;
mod server_signature;
mod signing;
mod templates;
