//! `GET /nauth/sessions`: one's own sessions.

use axum::Json;
use axum::extract::State;
use edge::nauth::{ListedSession, Member, NotSignedIn};
use edge::{Meta, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// The sessions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetUserSessionsResponseDTO)]
pub struct Sessions {
    /// Oldest first.
    sessions: Vec<ListedSession>,
}

/// List one's own sessions, through whichever contract they began.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/sessions", operation_id = "nauth_sessions", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses((status = 200, body = Sessions, description = "Those that are alive"), NotSignedIn)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
) -> Reply<Sessions> {
    let own = postern.own_sessions(&meta, &signed).await?;
    let current = signed.session.id;
    let sessions = own.iter().map(|own| ListedSession::of(own, current));
    Ok(Json(Sessions {
        sessions: sessions.collect(),
    }))
}
