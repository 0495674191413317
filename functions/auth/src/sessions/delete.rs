//! `DELETE /auth/sessions/{session_id}`: end one of one's own sessions.

use axum::Json;
use axum::extract::State;
use edge::auth_service::Message;
use edge::fastapi::{Detail, Invalid, NotSignedIn};
use edge::{Meta, Number, Reply};
use flows::Postern;

/// End a session. Its tokens die with it, in every contract.
///
/// # Errors
/// A session that is not one's own, or over.
#[utoipa::path(
    delete, path = "/auth/sessions/{session_id}", operation_id = "delete_session_auth_sessions__session_id__delete",
    tags = ["auth-service", "auth"], security(("jwtAuth" = [])),
    params(("session_id" = i64, Path, description = "Its integer id")),
    responses(
        (status = 200, body = Message, description = "Ended"),
        NotSignedIn,
        (status = 404, body = Detail, description = "None of one's own by that id"),
        (status = 422, body = Invalid, description = "No integer"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
    Number(number): Number,
) -> Reply<Message> {
    postern.end_own_session(&meta, &signed, number).await?;
    Ok(Json(Message {
        message: "Session deleted successfully",
    }))
}
