//! Destroying what is left of a deleted account.

use domain::{EmailAddress, Error};
use flows::{ErasedAccount, Postern};
use serde_json::json;
use uuid::Uuid;

use super::confirm;
use crate::Failure;
use crate::report::Report;

/// Whose account.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// The address that holds the account, or that it left last
    #[arg(long, value_name = "ADDRESS", value_parser = super::address)]
    email: Option<EmailAddress>,
    /// The account's name, where an account of the same address was deleted after it
    #[arg(long, value_name = "UUID")]
    sub: Option<Uuid>,
}

impl Whose {
    fn named(&self) -> Result<ErasedAccount, Failure> {
        let address = || self.email.clone().map(ErasedAccount::Address);
        let named = self.sub.map(ErasedAccount::Sub).or_else(address);
        named.ok_or_else(|| Failure::Usage("whose account?".to_owned()))
    }
}

/// Erases the account.
///
/// # Errors
/// If there never was one, or it is the last administrator's.
pub async fn run(postern: &Postern, whose: &Whose, yes: bool) -> Result<Report, Failure> {
    let named = whose.named()?;
    if !yes {
        let found = postern.find_erasable(&named).await.map_err(failure)?;
        confirm::that(&format!("Erase the account {} for good?", found.sub))?;
    }
    let erased = postern.erase_user(&named).await.map_err(failure)?;
    let (sub, rows) = (erased.sub, erased.rows);
    Ok(Report {
        text: format!("the account {sub} is erased, with {rows} rows"),
        json: json!({ "erased": sub, "rows": rows }),
    })
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Missing => Failure::refused("no account has or had that address or name"),
        other => other.into(),
    }
}
