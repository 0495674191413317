//! `GET /nauth/sessions`: one's own sessions.

use axum::Json;
use axum::extract::State;
use edge::nauth::{Member, NotSignedIn, SessionList};
use edge::{Meta, Reply};
use flows::Postern;

/// List one's own sessions, through whichever contract they began.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/sessions", operation_id = "nauth_sessions", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses((status = 200, body = SessionList, description = "Those that are alive"), NotSignedIn)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
) -> Reply<SessionList> {
    let own = postern.own_sessions(&meta, &signed).await?;
    Ok(Json(SessionList::of(&own, signed.session.id)))
}
