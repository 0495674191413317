//! `GET /cfg/accounts/profile/`: one's own profile.

use axum::Json;
use axum::extract::State;
use edge::{Meta, Reply};
use flows::Postern;

use edge::djangocfg::{NotSignedIn, Unavailable, User};

/// Whoever is signed in, as they see themselves. A time zone that the request
/// names in `X-Timezone` is kept, and already in the answer.
///
/// # Errors
/// A caller that is not signed in.
#[utoipa::path(
    get, path = "/cfg/accounts/profile/", operation_id = "cfg_accounts_profile_retrieve",
    tags = ["djangocfg", "cfg_accounts_profile"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = User, description = "The profile"),
        NotSignedIn,
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
) -> Reply<User> {
    let profile = postern.read_profile(&meta, signed).await?;
    Ok(Json(profile.into()))
}
