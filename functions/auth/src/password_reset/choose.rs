//! `POST /auth/password-reset`: a new password for a token from a letter.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use domain::password::reset::AUTH_SERVICE;
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// A token and the password that is to be.
#[derive(ToSchema)]
pub struct PasswordReset {
    /// The token.
    token: String,
    /// 8 to 128 characters, none of the common passwords, none that the account
    /// had before, not made of its names.
    #[schema(value_type = String)]
    new_password: Password,
}

impl FromFields for PasswordReset {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let token = fields.text("token").required();
        let new_password = fields.new_password("new_password");
        Ok(Self {
            token: token?,
            new_password: new_password?,
        })
    }
}

/// Replace a forgotten password. Ends every session and the API key, and signs
/// nobody in. A password that will not do leaves the token as it is.
///
/// # Errors
/// A malformed body, a token that will not do, or a limit.
#[utoipa::path(
    post, path = "/auth/password-reset", operation_id = "password_reset_auth_password_reset_post",
    tags = ["auth-service", "auth"], request_body = PasswordReset, security(()),
    responses(
        (status = 200, body = Message, description = "Done"),
        (status = 400, body = Detail, description = "Unknown, used or expired"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed, or a password that will not do"),
        (status = 429, body = Limited, description = "Too many from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<PasswordReset>,
) -> Reply<Message> {
    postern
        .reset_password(
            &meta,
            &AUTH_SERVICE,
            &asked.token,
            "new_password",
            &asked.new_password,
        )
        .await?;
    Ok(Json(Message {
        message: "Password has been reset successfully",
    }))
}
