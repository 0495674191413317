//! `POST /cfg/accounts/token/refresh/`: exchange a refresh token.

use axum::Json;
use axum::extract::State;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use edge::djangocfg::{BodyRefused, Detail, FieldErrors, Unavailable};

/// The token to exchange.
#[derive(ToSchema)]
pub struct TokenRefreshRequest {
    /// The refresh token.
    #[schema(min_length = 1)]
    refresh: String,
}

impl FromFields for TokenRefreshRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let refresh = fields.text("refresh").required();
        Ok(Self { refresh: refresh? })
    }
}

/// What follows it.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenRefresh)]
pub struct Refreshed {
    /// The access token.
    #[schema(read_only)]
    access: String,
    /// The refresh token that is in force now.
    refresh: String,
}

/// Exchange a refresh token. Each is good once; showing an old one again ends
/// the session, except within seconds of its exchange.
///
/// # Errors
/// A malformed body, a token that will not do, or a limit.
#[utoipa::path(
    post, path = "/cfg/accounts/token/refresh/", operation_id = "cfg_accounts_token_refresh_create",
    tags = ["djangocfg", "cfg_accounts_auth"], request_body = TokenRefreshRequest, security(()),
    responses(
        (status = 200, body = Refreshed, description = "The successors"),
        (status = 400, body = FieldErrors, description = "FieldErrors"),
        (status = 401, body = Detail, description = "Not ours, expired, of the wrong type, spent or ended"),
        BodyRefused,
        (status = 429, body = Detail, description = "Too many exchanges from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<TokenRefreshRequest>,
) -> Reply<Refreshed> {
    let tokens = postern.refresh(&meta, &asked.refresh).await?;
    Ok(Json(Refreshed {
        access: tokens.access,
        refresh: tokens.refresh,
    }))
}
