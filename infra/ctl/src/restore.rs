//! `cargo ctl restore`: after DynamoDB has wound a table back.

use clap::Args;
use flows::Postern;
use serde_json::json;

use crate::Failure;
use crate::report::Report;
use crate::sessions;
use crate::user::confirm;

/// Go on from a restored table, and end every session.
///
/// DynamoDB restores into a new table: `--from` makes the installation's own what that one
/// is, row by row, but for the key ring, the secrets, the origins, and what may be used only
/// once; who was deleted since stays deleted. Take the API out of service meanwhile. It can be
/// done again if it is interrupted. If the table itself is the restored one, under its own
/// name, `--in-place` ends what it brought along: sessions that had ended, and signing keys
/// that may have been revoked.
///
/// What was changed since the point in time is as it was then: passwords, roles, locks, API
/// keys. The audit trail, which is not restored, says what that was.
#[derive(Clone, Debug, Args)]
pub struct Command {
    /// The restored table, whose rows are adopted
    #[arg(long, value_name = "TABLE", required_unless_present = "in_place", value_parser = table)]
    from: Option<String>,
    /// The installation's own table is the restored one
    #[arg(long, conflicts_with = "from")]
    in_place: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

fn table(typed: &str) -> Result<String, &'static str> {
    let sound = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    match (3..=255).contains(&typed.len()) && typed.chars().all(sound) {
        true => Ok(typed.to_owned()),
        false => Err("not a table's name"),
    }
}

impl Command {
    /// Refuses what makes no sense, before anything is opened.
    ///
    /// # Errors
    /// [`Failure::Usage`] if it has to be confirmed and there is no terminal to ask at.
    pub fn check(&self) -> Result<(), Failure> {
        match self.yes {
            true => Ok(()),
            false => confirm::possible(),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// If one of the tables does not answer.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        if self.from.as_deref() == Some(&*postern.settings().table) {
            let text =
                "that is the installation's own table: --in-place, if it is the restored one";
            return Err(Failure::Usage(text.to_owned()));
        }
        if !self.yes {
            confirm::that("Go on from the restored table, and end every session?")?;
        }
        let (text, mut json) = match &self.from {
            Some(copy) => {
                let adopted = postern.adopt_restored(copy).await?;
                let text = format!(
                    "{} rows are as {copy} has them, {} that it has not are gone, {} accounts stay deleted",
                    adopted.written, adopted.removed, adopted.stayed_deleted
                );
                let json = json!({
                    "written": adopted.written,
                    "removed": adopted.removed,
                    "stayed_deleted": adopted.stayed_deleted,
                });
                (text, json)
            }
            None => {
                let ended = postern.end_all_signing_keys(postern.now()).await?;
                let text = format!("{ended} signing keys are revoked");
                (text, json!({ "revoked_signing_keys": ended }))
            }
        };
        eprintln!("{text}");
        let ending = sessions::Command::EndAll { yes: true };
        let ended = ending.run(postern).await?;
        if let Some(json) = json.as_object_mut() {
            json.insert("sessions".to_owned(), ended.json);
        }
        Ok(Report {
            text: format!("{text}; {}", ended.text),
            json,
        })
    }
}
