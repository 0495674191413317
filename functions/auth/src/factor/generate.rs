//! `GET /auth/generate-2fa-code`: the code of a second factor that is not in force yet.

use axum::Json;
use axum::extract::State;
use edge::fastapi::{Detail, NotSignedIn};
use edge::{Meta, Reply};
use flows::{FirstCode, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// A code, and the secret that makes it.
#[derive(Serialize, ToSchema)]
#[schema(as = FirstCode)]
pub struct Answer {
    /// The code in force, to be sent to `/auth/enable-2fa`.
    code: String,
    /// The secret in base32, for an authenticator app.
    secret: String,
    /// The same as an address that such apps read.
    otpauth_uri: String,
}

impl From<FirstCode> for Answer {
    fn from(first: FirstCode) -> Self {
        Self {
            code: first.code,
            secret: first.secret,
            otpauth_uri: first.uri,
        }
    }
}

/// Begin to set up a second factor, or go on with it: its code and its secret. Only
/// within ten minutes of signing in, and only until it is in force.
///
/// # Errors
/// A factor that is in force, or a sign-in that is too old.
#[utoipa::path(
    get, path = "/auth/generate-2fa-code", operation_id = "generate_2fa_code_auth_generate_2fa_code_get",
    tags = ["auth-service", "auth"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Answer, description = "The code and its secret"),
        (status = 400, body = Detail, description = "A factor is in force already"),
        NotSignedIn,
        (status = 403, body = Detail, description = "The sign-in is too old, or nobody has proven the address"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
) -> Reply<Answer> {
    let first = postern.first_code(&meta, &signed).await?;
    Ok(Json(first.into()))
}
