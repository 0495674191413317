//! `POST /auth/disable-2fa`: take the second factor out of force.

use axum::Json;
use axum::extract::State;
use edge::auth_service::Message;
use edge::fastapi::{Detail, NotSignedIn};
use edge::{FreshUser, Meta, Reply};
use flows::Postern;

/// Take every authenticator and backup code out of force. Only within ten minutes
/// of a sign-in that showed the factor. Every other session ends.
///
/// # Errors
/// No factor, or a sign-in that is too old or did without it.
#[utoipa::path(
    post, path = "/auth/disable-2fa", operation_id = "disable_2fa_auth_disable_2fa_post",
    tags = ["auth-service", "auth"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "Out of force"),
        (status = 400, body = Detail, description = "None is in force"),
        NotSignedIn,
        (status = 403, body = Detail, description = "The sign-in is too old, or did without the factor"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshUser(session): FreshUser,
) -> Reply<Message> {
    postern.disable_totp_freshly(&meta, session).await?;
    Ok(Json(Message {
        message: "2FA disabled successfully",
    }))
}
