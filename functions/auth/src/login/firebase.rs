//! `POST /auth/login/firebase`: sign in by a Firebase ID token (cashless).

use axum::Json;
use axum::extract::State;
use domain::Contract;
use edge::cashless::TokenResponse;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// Longer than any ID token of Firebase: they are about 1,000 characters.
const LONGEST: usize = 8192;

/// What Firebase's client was given.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirebaseLoginRequest {
    /// The ID token.
    id_token: String,
}

impl FromFields for FirebaseLoginRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let id_token = fields.text("id_token").max(LONGEST).required();
        fields.deny_unknown(&["id_token"]);
        Ok(Self {
            id_token: id_token?,
        })
    }
}

/// Trade an ID token of the operator's Firebase project for tokens. The person is
/// known by Firebase's name for them, then by an address or a number that both sides
/// have proven; else an account is made. With a second factor the tokens are pending
/// ones.
///
/// # Errors
/// A malformed body, a token that will not do, or a limit.
#[utoipa::path(
    post, path = "/auth/login/firebase", operation_id = "login_firebase_auth_login_firebase_post",
    tags = ["cashless", "auth"], request_body = FirebaseLoginRequest, security(()),
    responses(
        (status = 200, body = TokenResponse, description = "Tokens, or pending ones"),
        (status = 400, body = Detail, description = "The address or number is held by an account that never proved it, or that is linked to another account there"),
        (status = 401, body = Detail, description = "Forged, expired, for another project, or of a closed account"),
        (status = 404, body = Detail, description = "No project is configured"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network"),
        (status = 503, body = Detail, description = "Firebase's keys cannot be had, or AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<FirebaseLoginRequest>,
) -> Reply<TokenResponse> {
    let signed_in = postern
        .sign_in_by_firebase(&meta, Contract::Cashless, &asked.id_token)
        .await?;
    Ok(Json(signed_in.into()))
}
