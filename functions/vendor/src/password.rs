//! `PUT /vendor/password`: another password. Of no contract.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply, VendorCaller};
use flows::Postern;
use utoipa::ToSchema;

/// The password of now, and the one that is to be.
#[derive(Debug, ToSchema)]
pub struct VendorPasswordChange {
    /// The password of now.
    #[schema(value_type = String)]
    current_password: Password,
    /// 8 to 128 characters, none of the common passwords, none that the vendor had
    /// before, not made of its names.
    #[schema(value_type = String)]
    new_password: Password,
}

impl FromFields for VendorPasswordChange {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let current_password = fields.password("current_password");
        let new_password = fields.new_password("new_password");
        Ok(Self {
            current_password: current_password?,
            new_password: new_password?,
        })
    }
}

/// Change the vendor's own password. Every token made before ends, the one shown among
/// them: sign in again. A wrong password of now counts as one at the sign-in.
///
/// # Errors
/// A bearer that is no vendor's, a malformed body, a password that is not the vendor's
/// or will not do, or a limit.
#[utoipa::path(
    put, path = "/vendor/password", operation_id = "change_vendor_password_vendor_password_put",
    tags = ["auth-service", "vendor"], request_body = VendorPasswordChange, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "Changed"),
        (status = 400, body = Detail, description = "Not the password of now"),
        (status = 401, body = Detail, description = "No vendor's bearer, or one that has ended"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed, or a password that will not do"),
        (status = 429, body = Limited, description = "Too many from one network, or too many wrong ones"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    VendorCaller(vendor): VendorCaller,
    Body(asked): Body<VendorPasswordChange>,
) -> Reply<Message> {
    let (current, new) = (&asked.current_password, &asked.new_password);
    postern
        .change_vendor_password(&meta, vendor, current, "new_password", new)
        .await?;
    Ok(Json(Message {
        message: "Password updated successfully",
    }))
}
