//! `cargo ctl secret …`: what the installation shares with others.

use std::io::{IsTerminal as _, Read as _};

use clap::Subcommand;
use domain::Error;
use domain::secret::SecretName;
use flows::Postern;
use serde_json::json;
use zeroize::Zeroizing;

use crate::Failure;
use crate::report::{Report, columns};

/// What can be done about secrets.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Set a secret, or replace it. The value is asked for, or read from standard input.
    ///
    /// Running functions know it within a minute. It is never an argument, which other
    /// users of the machine could see, nor an environment variable.
    Set {
        /// github, google, apple (the .p8 file), facebook, recaptcha, centrifugo or registration-key
        #[arg(value_parser = name)]
        name: SecretName,
    },
    /// List the secrets that there can be, and when each was set.
    List,
    /// Remove a secret: within a minute, what it switches on is off.
    Remove {
        /// As it is listed
        #[arg(value_parser = name)]
        name: SecretName,
    },
}

fn name(typed: &str) -> Result<SecretName, String> {
    let names = || SecretName::ALL.map(SecretName::name).join(", ");
    SecretName::named(typed).ok_or_else(|| format!("one of {}", names()))
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// A value that cannot be the secret.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        match self {
            Self::Set { name } => {
                let value = value(*name).map_err(Failure::refused)?;
                let set = postern.set_secret(*name, &value).await;
                set.map_err(|error| match error {
                    Error::Forbidden => Failure::Refused(format!(
                        "{} takes {} to 512 printable characters, no space first or last",
                        name.name(),
                        name.min_length(),
                    )),
                    other => other.into(),
                })?;
                Ok(Report {
                    text: format!("{} is set", name.name()),
                    json: json!({ "set": name.name() }),
                })
            }
            Self::List => list(postern).await,
            Self::Remove { name } => {
                postern.remove_secret(*name).await?;
                Ok(Report {
                    text: format!("{} is removed", name.name()),
                    json: json!({ "removed": name.name() }),
                })
            }
        }
    }
}

/// The value as it is typed, unseen, or what comes from a pipe without its line end.
fn value(name: SecretName) -> std::io::Result<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        let prompt = format!("{}: ", name.name());
        return rpassword::prompt_password(prompt).map(Zeroizing::new);
    }
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().read_to_string(&mut text)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok(Zeroizing::new(line.to_owned()))
}

async fn list(postern: &Postern) -> Result<Report, Failure> {
    let secrets = postern.secrets().await?;
    let set_at = |secret: &flows::ListedSecret| secret.set_at.map(|at| at.to_string());
    let rows: Vec<[String; 2]> = secrets
        .iter()
        .map(|secret| {
            let set = set_at(secret).unwrap_or_else(|| "not set".to_owned());
            [secret.name.name().to_owned(), set]
        })
        .collect();
    let each = secrets
        .iter()
        .map(|secret| json!({ "name": secret.name.name(), "set_at": set_at(secret) }));
    Ok(Report {
        json: each.collect(),
        text: columns(&rows),
    })
}
