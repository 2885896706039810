//! A program that follows everything: `follow CURSOR_FILE`
//!
//! Prints a line for each change of a decision, for ever. Where it is stands in the file, so that it goes on there when it is started again.
use std::error::Error;
use std::io::ErrorKind;
use std::{env, fs};

use nexus_attest_client::v1::watch_decisions_response::Kind;

mod connect;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("follow CURSOR_FILE")?;
    let cursor = match fs::read_to_string(&file) {
        Err(missing) if missing.kind() == ErrorKind::NotFound => String::new(),
        other => other?,
    };
    let mut changes = connect::to_server().await?.watch_all(None, cursor);
    while let Some(message) = changes.next().await {
        let cursor = match message?.kind {
            Some(Kind::Change(change)) => {
                let decision = change.decision.unwrap_or_default();
                println!(
                    "{} {} {}",
                    decision.decision_id,
                    decision.state().as_str_name(),
                    decision.goal
                );
                change.cursor
            }
            Some(Kind::CaughtUp(mark)) => mark.cursor,
            _ => continue,
        };
        // Only what has been dealt with is behind us. In one step, so that a crash leaves the old place or the new one.
        fs::write(format!("{file}.new"), cursor)?;
        fs::rename(format!("{file}.new"), &file)?;
    }
    Ok(())
}
