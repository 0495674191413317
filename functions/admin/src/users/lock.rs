//! `POST /admin/lock`: lock an account.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Detail, Invalid, Unavailable};
use edge::{Admin, Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{AccountRef, AdminAction, Postern};
use utoipa::ToSchema;

/// Whose account.
#[derive(Debug, ToSchema)]
pub struct LockAccountRequest {
    /// The address that holds it.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
}

impl FromFields for LockAccountRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").email();
        Ok(Self { email: email? })
    }
}

/// Lock an account: every session of it ends now, in every contract, and no sign-in works.
/// Not one's own.
///
/// # Errors
/// A caller who may not, a malformed body, or an address that nobody holds.
#[utoipa::path(
    post, path = "/admin/lock", operation_id = "lock_account_admin_lock_post",
    tags = ["auth-service", "admin"], request_body = LockAccountRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "Done, or so already"),
        (status = 400, body = Detail, description = "The caller's own account"),
        (status = 401, body = Detail, description = "No bearer"),
        (status = 403, body = Detail, description = "Not an administrator, or a bearer that is no good"),
        (status = 404, body = Detail, description = "Nobody holds the address"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Admin(admin): Admin,
    Body(asked): Body<LockAccountRequest>,
) -> Reply<Message> {
    let whose = AccountRef::Address(asked.email);
    let done = postern.administer(&meta, &admin, &whose, AdminAction::Lock { reason: None });
    done.await?;
    Ok(Json(Message {
        message: "Account locked successfully",
    }))
}
