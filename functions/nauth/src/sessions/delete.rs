//! `DELETE /nauth/sessions/{sessionId}`: end one of one's own sessions.

use axum::Json;
use axum::extract::State;
use domain::{Error, Problem, ProblemKind};
use edge::nauth::{Detail, Member, NotSignedIn};
use edge::{Meta, Reply, Segment};
use flows::Postern;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// Which session.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[allow(dead_code, reason = "for the document")]
pub struct Which {
    /// The session's number.
    session_id: String,
}

/// Whether it was the session that asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogoutSessionResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// Always true.
    success: bool,
    /// Whether the caller has signed themselves out.
    was_current_session: bool,
}

/// End one of one's own sessions. Another person's is answered as one that there is not.
///
/// # Errors
/// A caller who is not signed in, or a session that there is not.
#[utoipa::path(
    delete, path = "/nauth/sessions/{sessionId}", operation_id = "nauth_session_delete", tags = ["nauth"],
    params(Which), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Ended, description = "Ended"),
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
) -> Reply<Ended> {
    let malformed = || {
        let problem = Problem::of_path("sessionId", ProblemKind::NotAnId);
        Error::Invalid(vec![problem])
    };
    let number: u64 = number.parse().map_err(|_| malformed())?;
    postern.end_own_session(&meta, &signed, number).await?;
    Ok(Json(Ended {
        success: true,
        was_current_session: number == signed.session.number,
    }))
}
