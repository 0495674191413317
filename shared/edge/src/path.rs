//! What a path names, as a handler's argument.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::{Error, Problem, ProblemKind};
use uuid::Uuid;

use crate::Refusal;

/// The one UUID in the path. A path with anything else in its place leads
/// nowhere, which is not worth another answer than that.
#[derive(Clone, Copy, Debug)]
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let id = named.ok().and_then(|Path(id)| Uuid::try_parse(&id).ok());
        Ok(Self(id.ok_or(Error::Missing)?))
    }
}

/// The one whole number in the path, named `key_id`.
#[derive(Clone, Copy, Debug)]
pub struct KeyId(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for KeyId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let id = named.ok().and_then(|Path(id)| id.parse().ok());
        let problem = Problem::of_path("key_id", ProblemKind::NotAnInteger);
        Ok(Self(id.ok_or(Error::Invalid(vec![problem]))?))
    }
}
