//! `POST /vendor/password-reset-request`: a way back to a vendor's forgotten password.
//! Of no contract.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// Whose password.
#[derive(Debug, ToSchema)]
pub struct VendorPasswordResetRequest {
    /// The vendor's address.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
}

impl FromFields for VendorPasswordResetRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").email();
        Ok(Self { email: email? })
    }
}

/// Have a token sent to an address. The answer says nothing of whether a vendor has it,
/// or whether a letter could be sent.
///
/// # Errors
/// A malformed address, or a limit.
#[utoipa::path(
    post, path = "/vendor/password-reset-request",
    operation_id = "vendor_password_reset_request_vendor_password_reset_request_post",
    tags = ["auth-service", "vendor"], request_body = VendorPasswordResetRequest, security(()),
    responses(
        (status = 200, body = Message, description = "Asked for"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<VendorPasswordResetRequest>,
) -> Reply<Message> {
    postern.request_vendor_reset(&meta, &asked.email).await?;
    Ok(Json(Message {
        message: "If a vendor has the address, a letter is on its way",
    }))
}
