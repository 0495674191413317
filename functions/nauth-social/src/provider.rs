//! The provider that a path or a body names.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::provider::Provider;
use domain::{Error, Problem, ProblemKind};
use edge::Refusal;
use utoipa::IntoParams;

/// The providers that the contract offers, in the order in which it names them.
const OFFERED: [Provider; 3] = [Provider::Google, Provider::Apple, Provider::Facebook];

/// The provider of that name, if the contract offers it, however it is written.
pub(crate) fn offered(name: &str) -> Option<Provider> {
    let name = name.to_lowercase();
    OFFERED.into_iter().find(|one| one.name() == name)
}

/// The provider in the path.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Path, names("provider"))]
pub struct Named(#[param(value_type = String)] pub Provider);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let found = named.ok().and_then(|Path(name)| offered(&name));
        let unknown = || {
            let problem = Problem::of_path("provider", ProblemKind::NotAChoice);
            Error::Invalid(vec![problem])
        };
        Ok(Self(found.ok_or_else(unknown)?))
    }
}
