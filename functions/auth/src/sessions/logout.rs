//! `POST /auth/logout`: give a session back (cashless).

use axum::Json;
use axum::extract::State;
use edge::cashless::Texts;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Meta, Reply, TokenBearer};
use flows::Postern;

use crate::sessions::refresh::RefreshRequest;

/// End the session of a refresh token of one's own: its access tokens end with it. A
/// sign-in that waits for its second factor is given up by its two tokens; an
/// operator's session on a device by its one token, as bearer and as
/// `refresh_token`.
///
/// # Errors
/// A caller without a token, tokens that are not one account's, or a limit.
#[utoipa::path(
    post, path = "/auth/logout", operation_id = "logout_auth_logout_post",
    tags = ["cashless", "auth"], request_body = RefreshRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Texts, description = "Ended"),
        (status = 401, body = Detail, description = "Not signed in, or not a refresh token of one's own"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    TokenBearer(holder): TokenBearer,
    Body(asked): Body<RefreshRequest>,
) -> Reply<Texts> {
    postern
        .log_out(&meta, &holder, &asked.refresh_token)
        .await?;
    Ok(Json(Texts::message("Logged out successfully")))
}
