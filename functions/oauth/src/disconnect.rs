//! `POST /cfg/accounts/oauth/disconnect/`: take a connection away.

use axum::Json;
use axum::extract::State;
use domain::ProblemKind;
use domain::provider::{Provider, can_do_without};
use edge::{Body, Fields, FreshUser, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::{OauthError, ProviderName};
use edge::djangocfg::{BodyRefused, Detail, NotSignedIn};

/// Which one.
#[derive(Debug, ToSchema)]
pub struct OAuthDisconnectRequestRequest {
    /// The provider.
    #[schema(value_type = ProviderName)]
    provider: Provider,
}

impl FromFields for OAuthDisconnectRequestRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        // Those that the contract has a name for.
        let has_name = |one: &Provider| ProviderName::of(*one).is_some();
        let named = |name: &str| Provider::parse(name).filter(has_name);
        let provider = fields
            .text("provider")
            .parsed(ProblemKind::NotAChoice, named);
        Ok(Self {
            provider: provider?,
        })
    }
}

/// That it is gone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OAuthDisconnectResponse)]
pub struct Disconnected {
    /// A sentence.
    #[schema(required = false)]
    message: String,
}

/// Take the connection to a provider away from the account of whoever is signed
/// in. Signing in through that provider then begins anew.
///
/// # Errors
/// A caller that is not signed in, a connection that is not there, or one that
/// is the only way in.
#[utoipa::path(
    post, path = "/cfg/accounts/oauth/disconnect/", operation_id = "cfg_accounts_oauth_disconnect_create",
    tags = ["djangocfg", "cfg_accounts_oauth"], request_body = OAuthDisconnectRequestRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Disconnected, description = "Disconnected"),
        (status = 400, body = OauthError, description = "Malformed, or the only way in"),
        NotSignedIn,
        (status = 403, body = Detail, description = "`stale_sign_in`: sign in again, not through a provider"),
        (status = 404, body = OauthError, description = "Not connected"),
        BodyRefused,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshUser(session): FreshUser,
    Body(asked): Body<OAuthDisconnectRequestRequest>,
) -> Reply<Disconnected> {
    postern
        .disconnect(&meta, session, asked.provider, can_do_without)
        .await?;
    Ok(Json(Disconnected {
        message: format!(
            "{} disconnected successfully",
            capitalized(asked.provider.name())
        ),
    }))
}

/// A provider's name as the contract's servers write it in a sentence: `Github`.
fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
