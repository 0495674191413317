//! `GET /admin/devices`: the devices of an event. Of no contract.

use axum::Json;
use axum::extract::State;
use edge::fastapi::{Detail, Invalid, NotSignedIn, Unavailable};
use edge::{Admin, Meta, Query, Reply};
use flows::Postern;

use crate::events::at_event::AtEvent;
use crate::provisioned::DeviceResponse;

/// List the devices of an event.
///
/// # Errors
/// A caller that may not, or an event that is none.
#[utoipa::path(
    get, path = "/admin/devices", operation_id = "list_devices", tags = ["cashless", "admin"],
    params(AtEvent), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Vec<DeviceResponse>, description = "Those of the event"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator"),
        (status = 404, body = Detail, description = "No such event"),
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Admin(_): Admin,
    Query(AtEvent { event_id }): Query<AtEvent>,
) -> Reply<Vec<DeviceResponse>> {
    let found = postern.devices_of(event_id).await?;
    let listed = found
        .into_iter()
        .map(|device| DeviceResponse::of(device, meta.now));
    Ok(Json(listed.collect()))
}
