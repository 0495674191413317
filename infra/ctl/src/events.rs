//! `cargo ctl events …`: security events on the bus.

use clap::Subcommand;
use domain::UnixTime;
use flows::{Outbox, Postern, Replay};
use serde_json::json;
use uuid::Uuid;

use crate::Failure;
use crate::audit::instant;
use crate::report::Report;

/// What can be done about events on the bus.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Send the events of a span of time to the bus again, with the ids that they had.
    ///
    /// For a reader that is new or lost some, and after a day or more in which the publisher
    /// could not run. Of all accounts, it reads the whole audit table. Who runs it needs the
    /// right to put events on the bus (events:PutEvents).
    Replay {
        /// Not before this instant, such as 2026-11-22T00:00:00Z
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        from: UnixTime,
        /// Not after this instant
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        to: UnixTime,
        /// Only those about this account or vendor
        #[arg(long, value_name = "UUID")]
        account: Option<Uuid>,
    },
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// If the table or the bus does not answer.
    pub async fn run(&self, postern: &Postern, outbox: &Outbox) -> Result<Report, Failure> {
        let Self::Replay { from, to, account } = self;
        let asked = Replay {
            since: *from,
            until: *to,
            account: *account,
        };
        let replayed = postern.replay(outbox, &asked).await?;
        let mut text = format!("{} events are on the bus again", replayed.taken);
        for (count, what) in [
            (replayed.unreadable, "rows cannot be read"),
            (replayed.refused, "events are refused by the bus"),
        ] {
            if count > 0 {
                text.push_str(&format!("; {count} {what}"));
            }
        }
        Ok(Report {
            text,
            json: json!({
                "published": replayed.taken,
                "unreadable": replayed.unreadable,
                "refused": replayed.refused,
            }),
        })
    }
}
