//! `GET /auth/test-2fa`: whether a second factor is in force.

use axum::Json;
use domain::Error;
use domain::factors::FactorFailure;
use edge::Reply;
use edge::auth_service::Message;
use edge::fastapi::{Detail, NotSignedIn};

/// Say whether a second factor is asked for at every sign-in.
///
/// # Errors
/// None is.
#[utoipa::path(
    get, path = "/auth/test-2fa", operation_id = "test_2fa_auth_test_2fa_get",
    tags = ["auth-service", "auth"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "One is in force"),
        (status = 400, body = Detail, description = "None is"),
        NotSignedIn,
    )
)]
pub async fn handle(edge::User(signed): edge::User) -> Reply<Message> {
    if signed.user.factors.is_empty() {
        return Err(Error::from(FactorFailure::NotEnabled).into());
    }
    Ok(Json(Message {
        message: "2FA is enabled and working correctly",
    }))
}
