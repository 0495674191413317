//! Shapes that several operations of the family answer with.

use domain::provider::Provider;
use serde::Serialize;
use utoipa::ToSchema;

/// A refusal of the family.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub struct OauthError {
    /// `github_oauth_disabled`, `invalid_redirect_uri`, `invalid_state`,
    /// `oauth_error`, `server_error`, `not_found`, `last_sign_in_method`,
    /// `rate_limited`, or `invalid_request`, which also maps each field to its
    /// problems.
    error: String,
    /// A sentence.
    #[schema(value_type = String, required = false)]
    error_description: Option<String>,
}

/// The providers that the contract names.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = OAuthProviderEnum)]
#[serde(rename_all = "snake_case")]
pub enum ProviderName {
    /// GitHub.
    Github,
}

impl ProviderName {
    /// The name of a provider, if the contract has one for it.
    pub(crate) const fn of(provider: Provider) -> Option<Self> {
        match provider {
            Provider::Github => Some(Self::Github),
            Provider::Firebase | Provider::Google | Provider::Apple | Provider::Facebook => None,
        }
    }
}
