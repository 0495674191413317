//! Callers whose sign-in waits for its second factor.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{AuthFailure, Error};
use flows::Postern;
use uuid::Uuid;

use super::bearer;
use crate::{Meta, Refusal};

/// A user with a pending token, and the sign-in that waits. No other bearer is accepted
/// here, and no route that needs a session accepts this one.
#[derive(Clone, Copy, Debug)]
pub struct Pending(pub Uuid);

impl FromRequestParts<Postern> for Pending {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let token = bearer(parts).ok_or(Error::Unauthenticated(AuthFailure::Missing))?;
        Ok(Self(postern.waiting_sign_in(token, &meta)?))
    }
}
