//! `DELETE /nauth/sessions/{sessionId}`: end one of one's own sessions.

use axum::Json;
use axum::extract::State;
use domain::{Error, Problem, ProblemKind};
use edge::nauth::{Detail, Member, NotSignedIn, SessionEnded};
use edge::{Meta, Reply, Segment};
use flows::Postern;
use utoipa::IntoParams;

/// Which session.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[allow(dead_code, reason = "for the document")]
pub struct Which {
    /// The session's number.
    session_id: String,
}

/// End one of one's own sessions. Another person's is answered as one that there is not.
///
/// # Errors
/// A caller who is not signed in, or a session that there is not.
#[utoipa::path(
    delete, path = "/nauth/sessions/{sessionId}", operation_id = "nauth_session_delete", tags = ["nauth"],
    params(Which), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = SessionEnded, description = "Ended"),
        (status = 400, body = Detail, description = "Not a number"),
        (status = 404, body = Detail, description = "No such session"),
        NotSignedIn,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Segment(number): Segment,
) -> Reply<SessionEnded> {
    let malformed = || {
        let problem = Problem::of_path("sessionId", ProblemKind::NotAnId);
        Error::Invalid(vec![problem])
    };
    let number: u64 = number.parse().map_err(|_| malformed())?;
    postern.end_own_session(&meta, &signed, number).await?;
    Ok(Json(SessionEnded::own(number == signed.session.number)))
}
