//! `GET /nauth/profile`: one's own account.

use axum::Json;
use axum::extract::State;
use edge::nauth::{Member, NotSignedIn, UserResponse};
use edge::{Meta, Reply};
use flows::Postern;

/// One's own account.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/profile", operation_id = "nauth_profile", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses((status = 200, body = UserResponse, description = "The account"), NotSignedIn)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
) -> Reply<UserResponse> {
    Ok(Json(
        UserResponse::shown(&postern, &signed.user, meta.now).await?,
    ))
}
