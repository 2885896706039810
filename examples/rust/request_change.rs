//! A service that may act only when somebody has approved: `request_change TICKET`
//!
//! Requests a change for a ticket, waits up to an hour until it is approved, has it carried out, and keeps the evidence. May be started again at any time, with the same
//! ticket: it goes on where it was.
// A literal that ends in `..Default::default()` still compiles when the schema has a field more, also where it says every field that there is now.
#![allow(clippy::needless_update)]
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use nexus_attest_client::WaitError;
use nexus_attest_client::v1::create_decision_request::PolicySource;
use nexus_attest_client::v1::{
    CreateDecisionRequest, DecisionState, ExportAuditPackageRequest, Label, Mode, PackageMode,
    Plan, PlanCall, PlanStep, Policy,
};
use tokio::time::timeout;

mod connect;

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let ticket = env::args().nth(1).ok_or("request_change TICKET")?;
    timeout(HOUR, run(&ticket)).await?
}

async fn run(ticket: &str) -> Result<ExitCode, Box<dyn Error>> {
    let service = connect::to_server().await?;
    let created = service.decisions.create_decision(request(ticket)).await?;
    let id = created.decision.unwrap_or_default().decision_id;
    println!("{id} waits for an approval");
    match service.wait_until_executable(&id).await {
        Ok(_) => drop(service.execute_and_wait(&id, None).await?),
        // Rejected, or executed when this ran before.
        Err(WaitError::WrongTurn(_)) => {}
        Err(failed) => return Err(failed.into()),
    }
    let state = service.wait_until_terminal(&id).await?.state();
    if state != DecisionState::Completed {
        println!("{id} {}", state.as_str_name());
        return Ok(ExitCode::FAILURE);
    }
    let export = ExportAuditPackageRequest {
        decision_id: id.clone(),
        mode: PackageMode::Embedded.into(),
        ..Default::default()
    };
    let file = format!("{id}.audit.json");
    std::fs::write(
        &file,
        service
            .audit
            .export_audit_package(export)
            .await?
            .package_json,
    )?;
    println!("{id} {} {file}", state.as_str_name());
    Ok(ExitCode::SUCCESS)
}

fn request(ticket: &str) -> CreateDecisionRequest {
    let call = PlanCall {
        tool: "files".into(),
        method: "write".into(),
        arguments_json: r#"{"path": "release/limit.txt", "content": "250\n"}"#.into(),
    };
    let step = PlanStep {
        step_id: "limit".into(),
        intent: "put the new limit in place".into(),
        call: Some(call),
        ..Default::default()
    };
    let policy = Policy {
        min_approvals: 1,
        allowed_modes: vec![Mode::Apply.into()],
        ..Default::default()
    };
    CreateDecisionRequest {
        // One ticket is one decision, however often this runs.
        request_id: format!("change-{ticket}"),
        goal: format!("raise the limit, as {ticket} asks"),
        labels: vec![Label {
            key: "ticket".into(),
            value: ticket.into(),
            ..Default::default()
        }],
        mode: Mode::Apply.into(),
        adapter_id: env::var("NEXUS_ATTEST_ADAPTER").unwrap_or("files".into()),
        plan: Some(Plan { steps: vec![step] }),
        policy_source: Some(PolicySource::Policy(policy)),
        ..Default::default()
    }
}
