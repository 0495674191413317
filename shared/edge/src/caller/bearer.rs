//! Callers with a token of whatever kind.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{AuthFailure, Error};

use super::bearer;
use crate::Refusal;

/// Somebody who sends a bearer token. What it is and whether it is any good is for
/// the flow to find out: only a route that gives tokens back takes every kind.
#[derive(Clone, Debug)]
pub struct Bearer(pub String);

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let token = bearer(parts).ok_or(Error::Unauthenticated(AuthFailure::Missing))?;
        Ok(Self(token.to_owned()))
    }
}
