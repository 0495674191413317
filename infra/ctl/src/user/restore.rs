//! Bringing a deleted account back.

use domain::{EmailAddress, Error};
use flows::Postern;
use uuid::Uuid;

use super::stands;
use crate::Failure;
use crate::report::Report;

/// Restores the account that last left `email`, or the one named `sub`.
///
/// # Errors
/// If no deleted account had the address, or another account holds it by now.
pub async fn run(
    postern: &Postern,
    email: &EmailAddress,
    sub: Option<Uuid>,
) -> Result<Report, Failure> {
    let restored = postern.restore_user(email, sub).await;
    let user = restored.map_err(|error| match error {
        Error::Missing => Failure::refused("no deleted account had that address"),
        Error::Conflict => Failure::refused("somebody else holds that address by now"),
        other => other.into(),
    })?;
    Ok(stands(email, &user))
}
