//! `DELETE /nauth/admin/users/{sub}/sessions/{sessionId}`: end a session of an account.

use axum::Json;
use axum::extract::State;
use edge::nauth::{AdminMember, Detail, NotAdmin, OneSession, SessionEnded};
use edge::{Meta, Reply};
use flows::Postern;
use utoipa::IntoParams;

/// Which session.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[allow(dead_code, reason = "for the document")]
pub struct Which {
    /// The account.
    #[param(format = Uuid)]
    sub: String,
    /// The session's number.
    session_id: String,
}

/// End a session of an account. Another account's is answered as one that there is not.
///
/// # Errors
/// A caller who is no administrator, an account or a session that there is not.
#[utoipa::path(
    delete, path = "/nauth/admin/users/{sub}/sessions/{sessionId}", operation_id = "nauth_admin_user_session_delete",
    tags = ["nauth"], params(Which), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = SessionEnded, description = "Ended"),
        (status = 400, body = Detail, description = "No such account, or not a number"),
        (status = 404, body = Detail, description = "No such session"),
        NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    OneSession { sub, number }: OneSession,
) -> Reply<SessionEnded> {
    postern.end_session_of(&meta, &admin, sub, number).await?;
    Ok(Json(SessionEnded::own(false)))
}
