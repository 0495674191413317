//! `POST /auth/confirm-email`: prove the address that one's account has, or moves to.
//!
//! The contract has no such operation and changes addresses without a proof, which would
//! lose a proven one. A client sends its bearer along: without one the reader of the
//! letter counts as the owner, and everything that others set up ends.

use axum::Json;
use axum::extract::State;
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Bearer, Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// What the letter said.
#[derive(ToSchema)]
pub struct EmailConfirmation {
    /// The token.
    token: String,
}

impl FromFields for EmailConfirmation {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let token = fields.text("token").required();
        Ok(Self { token: token? })
    }
}

/// Prove the address that the token was sent to, which moves the account there if it has
/// another. With a bearer of the account it keeps what it has, and its other sessions
/// end if it moves; without one everything ends that was set up before.
///
/// # Errors
/// A malformed body, a token that will not do, an address that is taken, or a limit.
#[utoipa::path(
    post, path = "/auth/confirm-email", operation_id = "confirm_email_auth_confirm_email_post",
    tags = ["auth-service", "auth"], request_body = EmailConfirmation, security((), ("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "Moved"),
        (status = 400, body = Detail, description = "Unknown, used or expired; or the address is taken"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Bearer(bearer): Bearer,
    Body(asked): Body<EmailConfirmation>,
) -> Reply<Message> {
    postern
        .confirm_address(&meta, &asked.token, bearer.as_deref())
        .await?;
    Ok(Json(Message {
        message: "Email address confirmed",
    }))
}
