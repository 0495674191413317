//! `cargo ctl client …`: programs that may ask by the standard's own endpoints.

use clap::Subcommand;
use domain::Error;
use domain::device_grant::{client_name, is_client_id};
use flows::Postern;
use serde_json::json;

use crate::Failure;
use crate::report::{Report, columns, shown};

/// What can be done about clients.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Register a public client for RFC 8628.
    ///
    /// It gets no secret: what it may do, a person says each time.
    Add {
        /// Its `client_id`: letters, digits, dots, dashes, underscores
        #[arg(long, value_parser = id)]
        id: String,
        /// What people are shown
        #[arg(long, value_parser = name)]
        name: String,
    },
    /// List the registered clients.
    List,
    /// Remove a client: it begins, exchanges and refreshes nothing more.
    Remove {
        /// Its `client_id`
        #[arg(long, value_parser = id)]
        id: String,
    },
}

fn id(typed: &str) -> Result<String, String> {
    match is_client_id(typed) {
        true => Ok(typed.to_owned()),
        false => Err("1 to 64 letters, digits, dots, dashes and underscores".to_owned()),
    }
}

fn name(typed: &str) -> Result<String, String> {
    client_name(typed).ok_or_else(|| "1 to 60 characters".to_owned())
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// A `client_id` that is taken, or unknown.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        match self {
            Self::Add { id, name } => {
                let added = postern.add_client(id, name).await;
                let client = added.map_err(|error| match error {
                    Error::Conflict => {
                        Failure::refused("a client of that id is registered already")
                    }
                    other => other.into(),
                })?;
                Ok(Report {
                    text: format!(
                        "the client {} is registered as {}",
                        client.id,
                        shown(&client.name)
                    ),
                    json: json!(client),
                })
            }
            Self::List => {
                let clients = postern.list_clients().await?;
                let rows: Vec<[String; 3]> = clients
                    .iter()
                    .map(|one| [one.id.clone(), shown(&one.name), one.created_at.to_string()])
                    .collect();
                Ok(Report {
                    text: columns(&rows),
                    json: json!(clients),
                })
            }
            Self::Remove { id } => {
                let removed = postern.remove_client(id).await;
                removed.map_err(|error| match error {
                    Error::Missing => Failure::refused("no client of that id is registered"),
                    other => other.into(),
                })?;
                Ok(Report {
                    text: format!("the client {id} is removed"),
                    json: json!({ "removed": id }),
                })
            }
        }
    }
}
