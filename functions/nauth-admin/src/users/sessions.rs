//! `GET /nauth/admin/users/{sub}/sessions`: the sessions of an account.

use axum::Json;
use axum::extract::State;
use edge::nauth::{AdminMember, CutPath, Detail, NotAdmin, OneUser, SessionList, UserPath};
use edge::{Meta, Reply};
use flows::Postern;
use uuid::Uuid;

/// List the sessions of an account, through whichever contract they began. None is told as
/// the one that asks.
///
/// # Errors
/// A caller who is no administrator, or an account that there is not.
#[utoipa::path(
    get, path = "/nauth/admin/users/{sub}/sessions", operation_id = "nauth_admin_user_sessions", tags = ["nauth"],
    params(UserPath), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = SessionList, description = "Those that are alive"),
        (status = 400, body = Detail, description = "No such account"),
        NotAdmin, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    OneUser(sub): OneUser,
) -> Reply<SessionList> {
    let sessions = postern.sessions_of(&meta, &admin, sub).await?;
    Ok(Json(SessionList::of(&sessions, Uuid::nil())))
}
