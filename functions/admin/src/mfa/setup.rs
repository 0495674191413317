//! `POST /admin/mfa/setup`: begin to set up a second factor.

use axum::Json;
use axum::extract::State;
use edge::fastapi::{Detail, Limited, NotSignedIn, Unavailable};
use edge::{Admin, Meta, Reply};
use flows::{Postern, SetUp};
use serde::Serialize;
use utoipa::ToSchema;

/// A secret, told this once.
#[derive(Serialize, ToSchema)]
#[schema(as = MFASetupResponse)]
pub struct Answer {
    /// The secret in base32, for an authenticator app.
    secret: String,
    /// The same as an address that such apps read from a picture.
    qr_uri: String,
}

impl From<SetUp> for Answer {
    fn from(set_up: SetUp) -> Self {
        Self {
            secret: set_up.secret,
            qr_uri: set_up.uri,
        }
    }
}

/// Begin to set up an authenticator, in place of any that was begun before. The one in
/// force stays so until `POST /admin/mfa/verify` takes a code of the new one. Wants a
/// sign-in of the last ten minutes, with the factor in force if there is one.
///
/// # Errors
/// A caller who is no administrator, a sign-in that is too old, or a limit.
#[utoipa::path(
    post, path = "/admin/mfa/setup", operation_id = "mfa_setup_admin_mfa_setup_post",
    tags = ["cashless", "admin"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Answer, description = "The secret"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator, or signed in too long ago or without the factor"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Admin(admin): Admin,
) -> Reply<Answer> {
    let set_up = postern.set_up_mfa(&meta, &admin.proven(meta.now)?).await?;
    Ok(Json(set_up.into()))
}
