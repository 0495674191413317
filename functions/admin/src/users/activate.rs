//! `PUT /admin/activate-user/{user_id}`: put an account back into use.

use axum::Json;
use axum::extract::State;
use edge::auth_service::UserResponse;
use edge::fastapi::{Detail, Invalid, Unavailable};
use edge::{Admin, Meta, Number, Reply};
use flows::{AccountRef, AdminAction, Postern};

/// Put an account back into use. A lock stays: `POST /admin/unlock` ends that.
///
/// # Errors
/// A caller who may not, one who means themselves, or an id that nobody has.
#[utoipa::path(
    put, path = "/admin/activate-user/{user_id}",
    operation_id = "activate_user_admin_activate_user__user_id__put",
    tags = ["auth-service", "admin"], security(("jwtAuth" = [])),
    params(("user_id" = i64, Path, description = "The integer id")),
    responses(
        (status = 200, body = UserResponse, description = "In use"),
        (status = 401, body = Detail, description = "No bearer"),
        (status = 403, body = Detail, description = "Not an administrator, or a bearer that is no good"),
        (status = 404, body = Detail, description = "Nobody has the id"),
        (status = 422, body = Invalid, description = "Not a number"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Admin(admin): Admin,
    Number(id): Number,
) -> Reply<UserResponse> {
    let whose = AccountRef::Id(id);
    let user = postern.administer(&meta, &admin, &whose, AdminAction::Activate);
    Ok(Json(UserResponse::with_claimed_email(user.await?)))
}
