//! `GET /auth/verify-user/{username}`: a person by their username.

use axum::Json;
use axum::extract::State;
use domain::account::Role;
use edge::auth_service::UserResponse;
use edge::fastapi::{Detail, NotSignedIn};
use edge::{Reply, Segment};
use flows::Postern;

/// Look a person up by username: oneself, or as an administrator anybody. To
/// others nobody is there.
///
/// # Errors
/// Nobody by that name whom the caller may know of.
#[utoipa::path(
    get, path = "/auth/verify-user/{username}", operation_id = "verify_user_auth_verify_user__username__get",
    tags = ["auth-service", "auth"], security(("jwtAuth" = [])),
    params(("username" = String, Path, description = "The username, however capitalised")),
    responses(
        (status = 200, body = UserResponse, description = "The person"),
        NotSignedIn,
        (status = 404, body = Detail, description = "Nobody whom the caller may know of"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    edge::User(signed): edge::User,
    Segment(username): Segment,
) -> Reply<UserResponse> {
    let user = postern.look_up_user(&signed, &username).await?;
    Ok(Json(match signed.role() {
        Role::Admin => UserResponse::with_claimed_email(user),
        _ => user.into(),
    }))
}
