//! `GET /auth/sessions`: one's own sessions.

use axum::Json;
use axum::extract::State;
use domain::session::Session;
use edge::fastapi::NotSignedIn;
use edge::{Meta, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionResponse)]
pub struct Listed {
    /// Its integer id.
    id: u64,
    /// Its owner's.
    user_id: u64,
    /// Its name. Opens nothing.
    session_token: String,
    /// When its owner signed in.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends unless it is refreshed.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl Listed {
    fn of(session: &Session, user_id: u64) -> Self {
        Self {
            id: session.number,
            user_id,
            session_token: session.id.simple().to_string(),
            created_at: session.auth_time.to_string(),
            expires_at: session.expires_at.to_string(),
        }
    }
}

/// List one's own sessions, through whichever contract they began, oldest first.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/auth/sessions", operation_id = "list_sessions_auth_sessions_get",
    tags = ["auth-service", "auth"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Vec<Listed>, description = "Those that are alive"),
        NotSignedIn,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
) -> Reply<Vec<Listed>> {
    let sessions = postern.sessions(&signed.user, meta.now).await?;
    let uid = signed.user.uid;
    let listed = sessions.iter().map(|session| Listed::of(session, uid));
    Ok(Json(listed.collect()))
}
