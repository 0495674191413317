//! `cargo ctl operator …`: who works at events.

use clap::Subcommand;
use domain::EmailAddress;
use domain::Error;
use domain::account::{Role, User};
use flows::{ActedByFresh, NewOperator, OperatorEdit, Postern};
use serde_json::json;

use crate::Failure;
use crate::event;
use crate::report::{Report, columns, shown};
use crate::user::waiting;

/// What can be done about those who work at events.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Appoint a person. An address without an account gets one, and a letter to choose a
    /// password.
    Appoint {
        /// Their address
        #[arg(long, value_parser = crate::user::address)]
        email: EmailAddress,
        /// The event's integer id
        #[arg(long)]
        event: u64,
        /// `operator` or `network_manager`
        #[arg(long, default_value = "operator", value_parser = role)]
        role: Role,
        /// What they work with: 3 to 6 one kind of device each, else POS
        #[arg(long, default_value_t = 0)]
        mode: u8,
    },
    /// List who works at an event.
    List {
        /// The event's integer id
        #[arg(long)]
        event: u64,
    },
    /// Move a person to another role, event or mode.
    Move {
        /// Their integer id
        #[arg(long)]
        id: u64,
        /// The event's integer id
        #[arg(long)]
        event: Option<u64>,
        /// `operator` or `network_manager`
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        /// What they work with
        #[arg(long)]
        mode: Option<u8>,
    },
    /// Take a person's appointment away.
    Dismiss {
        /// Their integer id
        #[arg(long)]
        id: u64,
    },
}

fn role(typed: &str) -> Result<Role, String> {
    let role = Role::parse(typed);
    role.filter(|role| matches!(role, Role::Operator | Role::NetworkManager))
        .ok_or_else(|| "operator or network_manager".to_owned())
}

fn unknown(error: Error) -> Failure {
    match error {
        Error::Missing => Failure::refused("no such operator, or no event of that id takes place"),
        other => other.into(),
    }
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// An event or operator that is none.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        let done = match self {
            Self::List { event } => return list(postern, *event).await,
            Self::Appoint {
                email,
                event,
                role,
                mode,
            } => {
                let new = NewOperator {
                    email: email.clone(),
                    password: None,
                    username: None,
                    role: *role,
                    event: *event,
                    mode: *mode,
                };
                postern
                    .appoint_operator(ActedByFresh::CommandLine, &new)
                    .await
            }
            Self::Move {
                id,
                event,
                role,
                mode,
            } => {
                let edit = OperatorEdit {
                    role: *role,
                    event: *event,
                    mode: *mode,
                };
                postern
                    .edit_operator(ActedByFresh::CommandLine, *id, edit)
                    .await
            }
            Self::Dismiss { id } => {
                postern
                    .dismiss_operator(ActedByFresh::CommandLine, *id)
                    .await
            }
        };
        let user = done.map_err(unknown)?;
        Ok(Report {
            text: row(&user).join(" ").trim_end().to_owned() + &waiting(&user),
            json: about(&user),
        })
    }
}

fn row(user: &User) -> [String; 5] {
    let email = user.email.as_ref().map(ToString::to_string);
    let event = user.event.filter(|_| user.role != Role::User);
    [
        user.uid.to_string(),
        shown(&email.unwrap_or_else(|| user.username.clone())),
        user.role.name().to_owned(),
        event.map_or_else(String::new, |event| format!("event {event}")),
        user.mode
            .map_or_else(String::new, |mode| format!("mode {mode}")),
    ]
}

fn about(user: &User) -> serde_json::Value {
    json!({
        "id": user.uid, "email": user.email, "username": user.username, "role": user.role.name(),
        "event_id": user.event, "mode": user.mode,
        "waiting_role": user.appointment.map(|waits| waits.role),
    })
}

async fn list(postern: &Postern, event: u64) -> Result<Report, Failure> {
    let people = postern.operators_of(event).await.map_err(event::unknown)?;
    let rows: Vec<[String; 5]> = people.iter().map(row).collect();
    Ok(Report {
        text: columns(&rows),
        json: json!(people.iter().map(about).collect::<Vec<_>>()),
    })
}

#[cfg(test)]
mod tests;
