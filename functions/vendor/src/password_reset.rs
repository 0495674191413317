//! `POST /vendor/password-reset`: a vendor's new password for a token from a letter. Of
//! no contract.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// A token and the password that is to be.
#[derive(ToSchema)]
pub struct VendorPasswordReset {
    /// The token.
    token: String,
    /// 8 to 128 characters, none of the common passwords, none that the vendor had
    /// before, not made of its names.
    #[schema(value_type = String)]
    new_password: Password,
}

impl FromFields for VendorPasswordReset {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let token = fields.text("token").required();
        let new_password = fields.new_password("new_password");
        Ok(Self {
            token: token?,
            new_password: new_password?,
        })
    }
}

/// Replace a vendor's forgotten password. Ends every token of it, and signs nobody in. A
/// password that will not do leaves the token as it is.
///
/// # Errors
/// A malformed body, a token that will not do, or a limit.
#[utoipa::path(
    post, path = "/vendor/password-reset",
    operation_id = "vendor_password_reset_vendor_password_reset_post",
    tags = ["auth-service", "vendor"], request_body = VendorPasswordReset, security(()),
    responses(
        (status = 200, body = Message, description = "Replaced"),
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
    Body(asked): Body<VendorPasswordReset>,
) -> Reply<Message> {
    postern
        .use_vendor_reset(&meta, &asked.token, "new_password", &asked.new_password)
        .await?;
    Ok(Json(Message {
        message: "Password has been reset successfully",
    }))
}
