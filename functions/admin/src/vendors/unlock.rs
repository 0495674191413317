//! `POST /admin/vendor/unlock`: end the lock of a vendor. Of no contract.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Detail, Invalid, Unavailable};
use edge::{Admin, Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, VendorAction, WhichVendor};
use utoipa::ToSchema;

/// Which vendor.
#[derive(Debug, ToSchema)]
pub struct UnlockVendorRequest {
    /// Its address.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
}

impl FromFields for UnlockVendorRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").email();
        Ok(Self { email: email? })
    }
}

/// End the lock of a vendor, and forget the passwords that were guessed at it: the latter
/// wants a sign-in of the last ten minutes, and so does a vendor that is not locked.
///
/// # Errors
/// A caller who may not, a malformed body, or an address that no vendor has.
#[utoipa::path(
    post, path = "/admin/vendor/unlock", operation_id = "unlock_vendor_admin_vendor_unlock_post",
    tags = ["auth-service", "admin"], request_body = UnlockVendorRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "Done, or so already"),
        (status = 401, body = Detail, description = "No bearer"),
        (status = 403, body = Detail, description = "Not an administrator, a bearer that is no good, or a sign-in that is too old"),
        (status = 404, body = Detail, description = "No vendor has the address"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Admin(admin): Admin,
    Body(asked): Body<UnlockVendorRequest>,
) -> Reply<Message> {
    let which = WhichVendor::Address(asked.email);
    let done = postern.administer_vendor(&meta, &admin, &which, VendorAction::Unlock);
    done.await?;
    Ok(Json(Message {
        message: "Vendor unlocked successfully",
    }))
}
