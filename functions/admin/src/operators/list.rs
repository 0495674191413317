//! `GET /admin/operators`: the operators and network managers of an event. Of no contract.

use axum::Json;
use axum::extract::State;
use edge::fastapi::{Detail, Invalid, NotSignedIn, Unavailable};
use edge::{Admin, Query, Reply};
use flows::Postern;

use crate::events::at_event::AtEvent;
use crate::provisioned::OperatorResponse;

/// List the operators and network managers of an event.
///
/// # Errors
/// A caller that may not, or an event that is none.
#[utoipa::path(
    get, path = "/admin/operators", operation_id = "list_operators", tags = ["cashless", "admin"],
    params(AtEvent), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Vec<OperatorResponse>, description = "Those of the event"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator"),
        (status = 404, body = Detail, description = "No such event"),
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Admin(_): Admin,
    Query(AtEvent { event_id }): Query<AtEvent>,
) -> Reply<Vec<OperatorResponse>> {
    let found = postern.operators_of(event_id).await?;
    let listed = found.into_iter().map(OperatorResponse::from);
    Ok(Json(listed.collect()))
}
