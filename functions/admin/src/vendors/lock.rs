//! `POST /admin/vendor/lock`: lock a vendor. Of no contract.

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
pub struct LockVendorRequest {
    /// Its address.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
}

impl FromFields for LockVendorRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").email();
        Ok(Self { email: email? })
    }
}

/// Lock a vendor: every token of it ends now on our own routes, and no sign-in works.
///
/// # Errors
/// A caller who may not, a malformed body, or an address that no vendor has.
#[utoipa::path(
    post, path = "/admin/vendor/lock", operation_id = "lock_vendor_admin_vendor_lock_post",
    tags = ["auth-service", "admin"], request_body = LockVendorRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "Done, or so already"),
        (status = 401, body = Detail, description = "No bearer"),
        (status = 403, body = Detail, description = "Not an administrator, or a bearer that is no good"),
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
    Body(asked): Body<LockVendorRequest>,
) -> Reply<Message> {
    let which = WhichVendor::Address(asked.email);
    let done = postern.administer_vendor(&meta, &admin, &which, VendorAction::Lock);
    done.await?;
    Ok(Json(Message {
        message: "Vendor locked successfully",
    }))
}
