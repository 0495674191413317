//! `POST /admin/unlock`: end the lock of an account.

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
pub struct UnlockAccountRequest {
    /// The address that holds it.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
}

impl FromFields for UnlockAccountRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").email();
        Ok(Self { email: email? })
    }
}

/// End the lock of an account, and forget the codes and passwords that were guessed at it: the
/// latter wants a sign-in of the last ten minutes, and so does an account that is not locked.
///
/// # Errors
/// A caller who may not, a malformed body, or an address that nobody holds.
#[utoipa::path(
    post, path = "/admin/unlock", operation_id = "unlock_account_admin_unlock_post",
    tags = ["auth-service", "admin"], request_body = UnlockAccountRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "Done, or so already"),
        (status = 401, body = Detail, description = "No bearer"),
        (status = 403, body = Detail, description = "Not an administrator, a bearer that is no good, or a sign-in that is too old"),
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
    Body(asked): Body<UnlockAccountRequest>,
) -> Reply<Message> {
    let whose = AccountRef::Address(asked.email);
    let done = postern.administer(&meta, &admin, &whose, AdminAction::Unlock);
    done.await?;
    Ok(Json(Message {
        message: "Account unlocked successfully",
    }))
}
