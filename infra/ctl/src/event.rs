//! `cargo ctl event …`: what operators and devices are for.

use clap::Subcommand;
use domain::Error;
use domain::pos::{MAX_NAME_LENGTH, PosEvent};
use flows::{ActedBy, EventEdit, Postern};
use serde_json::json;

use crate::Failure;
use crate::report::{Report, columns, shown};

/// What can be done about events.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make an event.
    Create {
        /// What people call it
        #[arg(long, value_parser = name)]
        name: String,
    },
    /// List the events, oldest first.
    List,
    /// Rename an event.
    Rename {
        /// Its integer id
        #[arg(long)]
        id: u64,
        /// What people are to call it
        #[arg(long, value_parser = name)]
        name: String,
    },
    /// End an event: nothing is issued for it any more, and what was is no good.
    End {
        /// Its integer id
        #[arg(long)]
        id: u64,
    },
    /// Have an event that ended go on.
    Reopen {
        /// Its integer id
        #[arg(long)]
        id: u64,
    },
}

/// A name of an event or device.
pub fn name(typed: &str) -> Result<String, String> {
    let typed = typed.trim();
    match (1..=MAX_NAME_LENGTH).contains(&typed.chars().count()) {
        true => Ok(typed.to_owned()),
        false => Err(format!("1 to {MAX_NAME_LENGTH} characters")),
    }
}

/// What is said of an event that there is none of.
pub fn unknown(error: Error) -> Failure {
    match error {
        Error::Missing => Failure::refused("no event of that id takes place"),
        other => other.into(),
    }
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// An id that is no event's.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        let ended = |ended| EventEdit {
            name: None,
            ended: Some(ended),
        };
        let (id, edit) = match self {
            Self::List => return list(postern).await,
            Self::Create { name } => {
                let made = postern.create_event(ActedBy::CommandLine, name).await?;
                return Ok(said(&made));
            }
            Self::Rename { id, name } => {
                let name = Some(name.clone());
                (*id, EventEdit { name, ended: None })
            }
            Self::End { id } => (*id, ended(true)),
            Self::Reopen { id } => (*id, ended(false)),
        };
        let edited = postern.edit_event(ActedBy::CommandLine, id, &edit).await;
        edited.map(|event| said(&event)).map_err(unknown)
    }
}

fn said(event: &PosEvent) -> Report {
    let name = shown(&event.name);
    Report {
        text: format!("event {} ({name}) {}", event.id, state(event)),
        json: json!(event),
    }
}

fn state(event: &PosEvent) -> String {
    event
        .ended_at
        .map_or_else(|| "goes on".to_owned(), |at| format!("ended {at}"))
}

async fn list(postern: &Postern) -> Result<Report, Failure> {
    let (mut events, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = postern.events(after.as_deref(), usize::MAX).await?;
        events.extend(page.events);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let rows: Vec<[String; 3]> = events
        .iter()
        .map(|event| [event.id.to_string(), shown(&event.name), state(event)])
        .collect();
    Ok(Report {
        text: columns(&rows),
        json: json!(events),
    })
}
