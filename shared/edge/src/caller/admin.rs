//! Administrators.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::Error;
use domain::account::Role;
use flows::{Postern, Signed};

use super::{User, fresh};
use crate::Refusal;

/// An administrator who signed in within the last minutes, by more than four
/// digits and with the second factor if there is one: who may make what opens
/// the house to others. No API key will do.
#[derive(Clone, Debug)]
pub struct FreshAdmin(pub Signed);

impl FromRequestParts<Postern> for FreshAdmin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let User(signed) = User::from_request_parts(parts, postern).await?;
        // Before asking for a sign-in that would not help.
        if signed.role() != Role::Admin {
            return Err(Error::Forbidden.into());
        }
        fresh(parts, postern, &signed).await?;
        Ok(Self(signed))
    }
}
