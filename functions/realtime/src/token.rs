//! `GET /cfg/centrifugo/auth/token/`: a token to connect with.

use axum::Json;
use axum::extract::State;
use edge::{KeyOrUser, Meta, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// Where and with what to connect.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionTokenResponse)]
pub struct Connection {
    /// The token to connect with.
    token: String,
    /// Where to connect.
    centrifugo_url: String,
    /// When the token ends.
    expires_at: String,
    /// What it may subscribe to.
    channels: Vec<String>,
}

/// A refusal in a sentence.
#[derive(Debug, Serialize, ToSchema)]
pub struct Detail {
    /// The sentence.
    detail: String,
    /// A stable code, where there is one.
    #[schema(required = false)]
    code: Option<String>,
}

/// Why there is no token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RealtimeError)]
pub struct Unconnected {
    /// The sentence.
    error: String,
}

/// A token to connect to the realtime server with, good for 30 days. The
/// server checks it by itself and knows nothing of sessions that end earlier.
///
/// # Errors
/// A caller that nobody knows, an account that has proven nothing yet, or an installation
/// without a realtime server.
#[utoipa::path(
    get, path = "/cfg/centrifugo/auth/token/", operation_id = "cfg_centrifugo_auth_token_retrieve",
    tags = ["djangocfg", "cfg_centrifugo"],
    security(("apiKeyAuth" = []), ("jwtAuth" = [])),
    responses(
        (status = 200, body = Connection, description = "The token"),
        (status = 401, body = Detail, description = "Not signed in, or not an API key"),
        (status = 403, body = Detail, description = "No address, number or provider's account is proven yet"),
        (status = 429, body = Detail, description = "Too many bad keys from one network"),
        (status = 500, body = Unconnected, description = "There is no realtime server"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    KeyOrUser(caller): KeyOrUser,
) -> Reply<Connection> {
    let connection = postern.connect(&meta, &caller)?;
    Ok(Json(Connection {
        token: connection.token,
        centrifugo_url: connection.url,
        expires_at: connection.expires_at.to_string(),
        channels: connection.channels,
    }))
}
