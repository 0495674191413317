//! `cargo ctl sessions …`: everybody's at once.

use clap::Subcommand;
use flows::Postern;
use serde_json::json;

use crate::Failure;
use crate::report::Report;

/// What can be done to all sessions.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// End every session and every sign-in that waits: everybody signs in anew.
    ///
    /// For a leak of which nobody knows how far it went. Running functions know it within
    /// 30 seconds. Tokens of operators, vendors and devices end, too; API keys, agents'
    /// keys and services' keys are no sessions, and stay. Services that check signatures by
    /// themselves take tokens until these expire.
    EndAll,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// If the ring cannot be read or written.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        let Self::EndAll = self;
        let now = postern.now();
        postern.end_all_sessions(now).await?;
        Ok(Report {
            text: format!("every session that began until {now} has ended"),
            json: json!({ "not_before": now.to_string() }),
        })
    }
}
