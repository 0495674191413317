//! `DELETE /admin/user/{user_id}`: delete an account.

use axum::Json;
use axum::extract::State;
use edge::auth_service::Message;
use edge::fastapi::{Detail, Invalid, Unavailable};
use edge::{FreshAdmin, Meta, Number, Reply};
use flows::{AccountRef, FreshAdminAction, Postern};

/// Delete an account as its owner could: it is anonymised, everything of it ends, and its
/// address is free again. Not one's own. Wants a sign-in of the last ten minutes.
///
/// # Errors
/// A caller who may not, one who means themselves, or an id that nobody has.
#[utoipa::path(
    delete, path = "/admin/user/{user_id}",
    operation_id = "delete_user_admin_user__user_id__delete",
    tags = ["auth-service", "admin"], security(("jwtAuth" = [])),
    params(("user_id" = i64, Path, description = "The integer id")),
    responses(
        (status = 200, body = Message, description = "Deleted"),
        (status = 400, body = Detail, description = "The caller's own account"),
        (status = 401, body = Detail, description = "No bearer"),
        (status = 403, body = Detail, description = "Not an administrator, one who signed in too long ago, or a bearer that is no good"),
        (status = 404, body = Detail, description = "Nobody has the id"),
        (status = 422, body = Invalid, description = "Not a number"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdmin(admin): FreshAdmin,
    Number(id): Number,
) -> Reply<Message> {
    let whose = AccountRef::Id(id);
    let deleted = postern.administer_freshly(&meta, &admin, &whose, FreshAdminAction::Delete);
    deleted.await?;
    Ok(Json(Message {
        message: "User deleted successfully",
    }))
}
