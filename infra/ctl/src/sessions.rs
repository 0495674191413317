//! `cargo ctl sessions …`: everybody's at once.

use std::time::Duration;

use clap::Subcommand;
use flows::Postern;
use serde_json::json;

use crate::Failure;
use crate::report::Report;
use crate::user::confirm;

/// After this no request is under way whose function had not looked at the ring: it looks
/// every half minute, and a request takes half a minute at most.
const LAST_OF_THE_UNKNOWING: Duration = Duration::from_secs(domain::rotation::LOOK_EVERY + 30);

/// What can be done to all sessions.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// End every session and every sign-in that waits: everybody signs in anew.
    ///
    /// For a leak of which nobody knows how far it went. Running functions know it within
    /// 30 seconds, and until then may let somebody in: so it is done once more after a
    /// minute. Tokens of operators, vendors and devices end, too; API keys, agents' keys and
    /// services' keys are no sessions, and stay. Services that check signatures by
    /// themselves take tokens until these expire.
    EndAll {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

impl Command {
    /// Refuses what makes no sense, before anything is opened.
    ///
    /// # Errors
    /// [`Failure::Usage`] if it has to be confirmed and there is no terminal to ask at.
    pub fn check(&self) -> Result<(), Failure> {
        match self {
            Self::EndAll { yes: true } => Ok(()),
            Self::EndAll { yes: false } => confirm::possible(),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// If the ring cannot be read or written.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        let Self::EndAll { yes } = self;
        if !yes {
            confirm::that("End every session, of everybody?")?;
        }
        postern.end_all_sessions(postern.now()).await?;
        eprintln!("done; once more in a minute, for functions that did not know it yet");
        tokio::time::sleep(LAST_OF_THE_UNKNOWING).await;
        let now = postern.now();
        postern.end_all_sessions(now).await?;
        Ok(Report {
            text: format!("every session that began until {now} has ended"),
            json: json!({ "not_before": now.to_string() }),
        })
    }
}
