//! Callers with a token of any kind that can be given back.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{AuthFailure, Error};
use flows::Postern;

use super::bearer;
use crate::{Meta, Refusal};

/// The holder of what can be given back: a session, a sign-in that waits for its second
/// factor, or an operator's session on a device.
#[derive(Clone, Debug)]
pub struct TokenBearer(pub flows::TokenBearer);

impl FromRequestParts<Postern> for TokenBearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let token = bearer(parts).ok_or(Error::Unauthenticated(AuthFailure::Missing))?;
        Ok(Self(postern.holder(token, &meta).await?))
    }
}
