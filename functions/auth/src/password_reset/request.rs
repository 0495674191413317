//! `POST /auth/password-reset-request`: a way back to a forgotten password.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use domain::password::reset::AUTH_SERVICE;
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// Whose password.
#[derive(Debug, ToSchema)]
pub struct PasswordResetRequest {
    /// The account's address.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
}

impl FromFields for PasswordResetRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").email();
        Ok(Self { email: email? })
    }
}

/// Send a reset token to the address. The answer is the same whether or not it has
/// an account.
///
/// # Errors
/// A malformed address, a limit, or a letter that SES does not take.
#[utoipa::path(
    post, path = "/auth/password-reset-request",
    operation_id = "password_reset_request_auth_password_reset_request_post",
    tags = ["auth-service", "auth"], request_body = PasswordResetRequest, security(()),
    responses(
        (status = 200, body = Message, description = "A letter is on its way"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many from one network"),
        (status = 503, body = Detail, description = "The letter was not taken, or AWS did not answer in time"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<PasswordResetRequest>,
) -> Reply<Message> {
    postern
        .request_password_reset(&meta, &asked.email, &AUTH_SERVICE)
        .await?;
    Ok(Json(Message {
        message: "Password reset token sent",
    }))
}
