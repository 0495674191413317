//! `POST /auth/refresh`: exchange a refresh token (cashless).

use axum::Json;
use axum::extract::State;
use edge::cashless::TokenResponse;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, Refreshed};
use utoipa::ToSchema;

/// The token to exchange, or to give back.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token.
    pub(crate) refresh_token: String,
}

impl FromFields for RefreshRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let refresh_token = fields.text("refresh_token").may_be_blank().required();
        fields.deny_unknown(&["refresh_token"]);
        Ok(Self {
            refresh_token: refresh_token?,
        })
    }
}

/// Exchange a refresh token. Each is good once; showing an old one again ends the
/// session, except within seconds of its exchange. The refresh token of a sign-in
/// that waits for its second factor renews the pending token, and no longer than
/// that waits.
///
/// # Errors
/// A malformed body, a token that will not do, or a limit.
#[utoipa::path(
    post, path = "/auth/refresh", operation_id = "refresh_auth_refresh_post",
    tags = ["cashless", "auth"], request_body = RefreshRequest, security(()),
    responses(
        (status = 200, body = TokenResponse, description = "The successors"),
        (status = 401, body = Detail, description = "Not ours, expired, of the wrong type, spent or ended"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network, or 10 bad ones"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<RefreshRequest>,
) -> Reply<TokenResponse> {
    let refreshed = postern
        .refresh_or_wait_on(&meta, &asked.refresh_token)
        .await?;
    Ok(Json(match refreshed {
        Refreshed::Complete(tokens) => (*tokens).into(),
        Refreshed::Waiting(pending) => pending.into(),
    }))
}
