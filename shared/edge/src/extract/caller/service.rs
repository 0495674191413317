//! Services that call as themselves.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::service_key::ServiceKey;
use domain::{AuthFailure, Error};
use flows::Postern;

use super::bearer;
use super::key::api_key;
use crate::{Meta, Refusal};

/// A service that may introspect tokens (RFC 7662 §2.1), by an API key of its own
/// in `Authorization: Bearer` or `X-API-Key`.
#[derive(Clone, Debug)]
pub struct Introspector(pub ServiceKey);

impl FromRequestParts<Postern> for Introspector {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let sent = bearer(parts).map(str::to_owned).or_else(|| api_key(parts));
        let sent = sent.ok_or(Error::Unauthenticated(AuthFailure::Missing))?;
        let key = postern.authenticate_introspector(&meta, &sent).await?;
        Ok(Self(key))
    }
}
