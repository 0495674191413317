//! `cargo ctl vendor …`: vendors, by their addresses.

use clap::Subcommand;
use domain::vendor::Vendor;
use domain::{AuthFailure, EmailAddress, Error};
use flows::{ActedByFresh, Postern, VendorAction, WhichVendor};
use serde_json::{Value, json};

use crate::Failure;
use crate::report::{Report, columns, shown, text, word};
use crate::user::confirm;

/// What can be done to vendors.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Show a vendor
    Show(Which),
    /// Lock a vendor: its tokens end now on our own routes, and it cannot sign in
    Lock(Which),
    /// Unlock a vendor, and forget the passwords that were guessed at it
    Unlock(Which),
    /// Have a vendor replace its password before that opens anything; ends its tokens
    RequirePasswordChange(Which),
    /// Send a vendor a letter by which it chooses another password. Ends nothing by itself
    Reset(Which),
    /// Delete a vendor: it is anonymised, its tokens end, its address is free again
    Delete {
        #[command(flatten)]
        which: Which,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
}

/// Which vendor.
#[derive(Clone, Debug, clap::Args)]
pub struct Which {
    /// The vendor's address
    #[arg(long, value_name = "ADDRESS", value_parser = crate::user::address)]
    email: EmailAddress,
}

impl Command {
    /// Whether it can be done at all, before anything is opened for it.
    ///
    /// # Errors
    /// [`Failure::Usage`] if it has to be confirmed and there is no terminal to ask at.
    pub fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Delete { yes: false, .. } => confirm::possible(),
            _ => Ok(()),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// Whatever the flow says.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        match self {
            Self::Show(Which { email }) => Ok(show(&found(postern, email).await?)),
            Self::Lock(Which { email }) => act(postern, email, VendorAction::Lock).await,
            Self::Unlock(Which { email }) => act(postern, email, VendorAction::Unlock).await,
            Self::RequirePasswordChange(Which { email }) => {
                act(postern, email, VendorAction::RequirePasswordChange).await
            }
            Self::Reset(Which { email }) => {
                let vendor = postern.reset_vendor(email).await.map_err(refused)?;
                Ok(Report {
                    text: format!("a letter is on its way to {email}"),
                    json: about(&vendor),
                })
            }
            Self::Delete { which, yes } => {
                let email = &which.email;
                if !yes {
                    let vendor = found(postern, email).await?;
                    confirm::deletion_of(&format!("the vendor {}", shown(&vendor.name)))?;
                }
                let which = WhichVendor::Address(email.clone());
                let deleted = postern.delete_vendor(ActedByFresh::CommandLine, &which);
                deleted.await.map_err(refused)?;
                Ok(Report {
                    text: format!("the vendor {email} is deleted"),
                    json: json!({ "deleted": email }),
                })
            }
        }
    }
}

fn refused(error: Error) -> Failure {
    match error {
        Error::Missing => Failure::refused("no vendor has that address"),
        Error::Unauthenticated(AuthFailure::Inactive) => {
            Failure::refused("the vendor is locked: unlock it first")
        }
        other => other.into(),
    }
}

async fn found(postern: &Postern, email: &EmailAddress) -> Result<Vendor, Failure> {
    let which = WhichVendor::Address(email.clone());
    postern.find_vendor(&which).await.map_err(refused)
}

/// Does something, and says how the vendor stands after it, or because it already
/// stood so.
async fn act(
    postern: &Postern,
    email: &EmailAddress,
    act: VendorAction,
) -> Result<Report, Failure> {
    let vendor = postern.operate_vendor(email, act).await.map_err(refused)?;
    let owes = match vendor.must_change_password {
        true => ", has to replace its password",
        false => "",
    };
    Ok(Report {
        text: format!("{email} is {}{owes}", word(vendor.status)),
        json: about(&vendor),
    })
}

/// The vendor, a line for each thing known: never its password's hash, nor its keys.
fn show(vendor: &Vendor) -> Report {
    let lines: Vec<[String; 2]> = facts(vendor)
        .into_iter()
        .filter_map(|(name, value)| Some([name.to_owned(), shown(&text(&value)?)]))
        .collect();
    Report {
        text: columns(&lines),
        json: about(vendor),
    }
}

fn about(vendor: &Vendor) -> Value {
    let facts = facts(vendor).into_iter();
    facts
        .map(|(name, value)| (name.to_owned(), value))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn facts(vendor: &Vendor) -> Vec<(&'static str, Value)> {
    let changed = vendor.credential.as_ref();
    let changed = changed.map(|credential| credential.changed_at.to_string());
    vec![
        ("email", json!(vendor.email)),
        ("id", json!(vendor.number)),
        ("sub", json!(vendor.id)),
        ("name", json!(vendor.name)),
        ("status", json!(vendor.status)),
        ("must_change_password", json!(vendor.must_change_password)),
        ("password_changed_at", json!(changed)),
        ("description", json!(vendor.description)),
        ("profile_picture", json!(vendor.profile_picture)),
        ("rating", json!(vendor.rating)),
        ("created_at", json!(vendor.created_at.to_string())),
    ]
}

#[cfg(test)]
mod tests;
