//! `POST /auth/token-refresh`: exchange a refresh token.

use axum::Json;
use axum::extract::State;
use edge::auth_service::Token;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// The token to exchange.
#[derive(ToSchema)]
pub struct TokenRefresh {
    /// The refresh token.
    refresh_token: String,
}

impl FromFields for TokenRefresh {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let refresh_token = fields.text("refresh_token").required();
        Ok(Self {
            refresh_token: refresh_token?,
        })
    }
}

/// Exchange a refresh token. Each is good once; showing an old one again ends the
/// session, except within seconds of its exchange.
///
/// # Errors
/// A malformed body, a token that will not do, or a limit.
#[utoipa::path(
    post, path = "/auth/token-refresh", operation_id = "refresh_token_auth_token_refresh_post",
    tags = ["auth-service", "auth"], request_body = TokenRefresh, security(()),
    responses(
        (status = 200, body = Token, description = "The successors"),
        (status = 401, body = Detail, description = "Not ours, expired, of the wrong type, spent or ended"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many bad ones from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<TokenRefresh>,
) -> Reply<Token> {
    let tokens = postern.refresh(&meta, &asked.refresh_token).await?;
    Ok(Json(tokens.into()))
}
