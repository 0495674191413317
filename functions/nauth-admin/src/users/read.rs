//! `GET /nauth/admin/users/{sub}`: an account.

use axum::Json;
use axum::extract::State;
use domain::Error;
use edge::nauth::{AdminMember, Detail, NotAdmin, OneUser, UserPath, UserResponse};
use edge::{Meta, Reply};
use flows::Postern;

/// Look at an account.
///
/// # Errors
/// A caller who is no administrator, or an account that there is not.
#[utoipa::path(
    get, path = "/nauth/admin/users/{sub}", operation_id = "nauth_admin_user", tags = ["nauth"],
    params(UserPath), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = UserResponse, description = "The account"),
        (status = 400, body = Detail, description = "Not a UUID"),
        (status = 404, body = Detail, description = "No such account"),
        NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    OneUser(sub): OneUser,
) -> Reply<UserResponse> {
    // The one path that is an account's own: without it, there is nothing at the path.
    let user = postern
        .account(&admin, sub)
        .await
        .map_err(|error| match error {
            Error::NoAccount => Error::Missing,
            error => error,
        })?;
    Ok(Json(UserResponse::shown(&postern, &user, meta.now).await?))
}
