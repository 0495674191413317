//! `POST /auth/verify-2fa`: the second step of a sign-in.

use axum::Json;
use axum::extract::State;
use edge::auth_service::Token;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited};
use edge::{Body, Meta, Pending, Reply};
use flows::Postern;

use crate::factor::enable::Code;

/// Trade a pending token and a code of the second factor, or one of its backup
/// codes, for the tokens of a session.
///
/// # Errors
/// Another bearer than a pending token, a wrong code, or a limit.
#[utoipa::path(
    post, path = "/auth/verify-2fa", operation_id = "verify_2fa_auth_verify_2fa_post",
    tags = ["auth-service", "auth"], request_body = Code, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Token, description = "Tokens"),
        (status = 400, body = Detail, description = "A wrong code, or no tries left"),
        (status = 401, body = Detail, description = "No pending token, or its sign-in is over"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many tries"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Pending(waiting): Pending,
    Body(asked): Body<Code>,
) -> Reply<Token> {
    let tokens = postern.answer_pending(&meta, waiting, &asked.code).await?;
    Ok(Json(tokens.into()))
}
