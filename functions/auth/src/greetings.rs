//! `GET /` and `GET /protected`: a word for every caller, and one for those who are
//! signed in.

use axum::Json;
use edge::Reply;
use edge::auth_service::Message;
use edge::fastapi::NotSignedIn;
use serde::Serialize;
use utoipa::ToSchema;

/// A word for everybody.
///
/// # Errors
/// None.
#[utoipa::path(
    get, path = "/", operation_id = "root__get", tags = ["auth-service"], security(()),
    responses((status = 200, body = Message, description = "A word"))
)]
pub async fn root() -> Reply<Message> {
    Ok(Json(Message {
        message: "Welcome to the Auth Service!",
    }))
}

/// A word, and whom it is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Greeting {
    /// A sentence.
    message: &'static str,
    /// The caller's username.
    user: String,
}

/// A word for those who are signed in.
///
/// # Errors
/// A caller who is not.
#[utoipa::path(
    get, path = "/protected", operation_id = "protected_protected_get", tags = ["auth-service"],
    security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Greeting, description = "A word"),
        NotSignedIn,
    )
)]
pub async fn protected(edge::User(signed): edge::User) -> Reply<Greeting> {
    Ok(Json(Greeting {
        message: "You are signed in",
        user: signed.user.username,
    }))
}
