//! `GET /cfg/accounts/oauth/connections/`: what one's account is linked to.

use axum::Json;
use axum::extract::State;
use domain::provider::Link;
use edge::{KeyOrUser, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::ProviderName;
use edge::djangocfg::Detail;

/// A connection to a provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OAuthConnection)]
pub struct Connection {
    /// Integer id, below 2^53.
    #[schema(read_only)]
    id: u64,
    /// To whom.
    #[schema(read_only)]
    provider: ProviderName,
    /// To whom, as people know it.
    #[schema(read_only)]
    provider_display: &'static str,
    /// What the person is called there.
    #[schema(read_only)]
    provider_username: String,
    /// The verified address there, when it was last used; it may differ from the
    /// account's.
    #[schema(format = Email, read_only)]
    provider_email: String,
    /// Where the person's picture is.
    #[schema(format = Uri, read_only)]
    provider_avatar_url: String,
    /// When it was made.
    #[schema(format = DateTime, read_only)]
    connected_at: String,
    /// When it was last used to sign in.
    #[schema(format = DateTime, read_only)]
    last_login_at: String,
}

impl Connection {
    /// A link as the contract shows it, if it knows the provider.
    fn of(link: Link) -> Option<Self> {
        let provider = ProviderName::of(link.provider)?;
        Some(Self {
            id: link.number,
            provider,
            provider_display: link.provider.title(),
            provider_username: link.username,
            provider_email: link
                .email
                .map_or_else(String::new, |email| email.to_string()),
            provider_avatar_url: link.picture,
            connected_at: link.connected_at.to_string(),
            last_login_at: link.last_login_at.to_string(),
        })
    }
}

/// The connections of the caller.
///
/// # Errors
/// A caller that nobody knows.
#[utoipa::path(
    get, path = "/cfg/accounts/oauth/connections/", operation_id = "cfg_accounts_oauth_connections_list",
    tags = ["djangocfg", "cfg_accounts_oauth"], security(("jwtAuth" = []), ("apiKeyAuth" = [])),
    responses(
        (status = 200, body = Vec<Connection>, description = "The connections"),
        (status = 401, body = Detail, description = "Not signed in, or not an API key"),
        (status = 429, body = Detail, description = "Too many bad keys from one network"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    KeyOrUser(caller): KeyOrUser,
) -> Reply<Vec<Connection>> {
    let links = postern.links(caller.user()).await?;
    Ok(Json(links.into_iter().filter_map(Connection::of).collect()))
}
