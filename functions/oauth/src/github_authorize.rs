//! `POST /cfg/accounts/oauth/github/authorize/`: set out for GitHub.

use axum::Json;
use axum::extract::State;
use domain::provider::Provider;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::OauthError;
use edge::djangocfg::BodyRefused;

/// Where to come back to.
#[derive(Debug, ToSchema)]
pub struct OAuthAuthorizeRequestRequest {
    /// One of the installation's redirect URIs, letter for letter; the first of
    /// them if left out.
    #[schema(value_type = String, format = Uri, required = false)]
    redirect_uri: Option<String>,
    /// The page that asks; its host is remembered as where the account came from.
    #[schema(value_type = String, format = Uri, required = false)]
    source_url: Option<String>,
}

impl FromFields for OAuthAuthorizeRequestRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            redirect_uri: fields.text("redirect_uri").url(),
            source_url: fields.text("source_url").url_host(),
        })
    }
}

/// Where to go, and what must come back.
#[derive(Serialize, ToSchema)]
#[schema(as = OAuthAuthorizeResponse)]
pub struct AuthorizationRedirect {
    /// GitHub's page.
    #[schema(format = Uri)]
    authorization_url: String,
    /// Comes back with the code, once, within five minutes.
    state: String,
}

/// Begin a sign-in through GitHub: send the browser to the URL.
///
/// # Errors
/// GitHub that is not configured, a network that is not on the list, or a limit.
#[utoipa::path(
    post, path = "/cfg/accounts/oauth/github/authorize/", operation_id = "cfg_accounts_oauth_github_authorize_create",
    tags = ["djangocfg", "cfg_accounts_oauth"], request_body(content = Option<OAuthAuthorizeRequestRequest>), security(()),
    responses(
        (status = 200, body = AuthorizationRedirect, description = "Where to go"),
        (status = 400, body = OauthError, description = "Malformed, or a redirect URI that is not on the list"),
        BodyRefused,
        (status = 429, body = OauthError, description = "Too many departures from one network"),
        (status = 500, body = OauthError, description = "A dependency failed"),
        (status = 503, body = OauthError, description = "GitHub is not configured"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<OAuthAuthorizeRequestRequest>,
) -> Reply<AuthorizationRedirect> {
    let source = asked.source_url.unwrap_or_default();
    let departing = postern
        .begin_oauth(
            &meta,
            Provider::Github,
            asked.redirect_uri.as_deref(),
            &source,
        )
        .await?;
    Ok(Json(AuthorizationRedirect {
        authorization_url: departing.authorization_url,
        state: departing.state,
    }))
}
