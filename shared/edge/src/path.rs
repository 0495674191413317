//! What a path names, as a handler's argument.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::{Error, Problem, ProblemKind};

use crate::Refusal;

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
