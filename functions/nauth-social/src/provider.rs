//! The provider that a path or a body names.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::provider::Provider;
use domain::{Error, Problem, ProblemKind};
use edge::Refusal;
use edge::nauth::fields;
use utoipa::IntoParams;

/// The provider in the path.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Path, names("provider"))]
pub struct Named(#[param(value_type = String)] pub Provider);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let found = named
            .ok()
            .and_then(|Path(name)| fields::offered_provider(&name));
        let unknown = || {
            let problem = Problem::of_path("provider", ProblemKind::NotAChoice);
            Error::Invalid(vec![problem])
        };
        Ok(Self(found.ok_or_else(unknown)?))
    }
}
