//! `POST /devices/auth`: what is known of a device.

use axum::Json;
use axum::extract::State;
use edge::cashless::DeviceAuthRequest;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Meta, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// A device that is in use.
#[derive(Serialize, ToSchema)]
#[schema(as = DeviceInfo)]
pub struct Found {
    /// Its integer id.
    device_id: u64,
    /// What it calls itself.
    dev_mac: String,
    /// The event that it works at.
    event_id: u64,
    /// What people call it.
    name: String,
    /// Whether it is in an operator's hands now.
    associated: bool,
}

/// Look a device up. Opens nothing: see `POST /auth/login/device`.
///
/// # Errors
/// A malformed body, a device that is not in use, or a limit.
#[utoipa::path(
    post, path = "/devices/auth", operation_id = "authenticate_device_devices_auth_post",
    tags = ["cashless", "devices"], request_body = DeviceAuthRequest, security(()),
    responses(
        (status = 200, body = Found, description = "The device"),
        (status = 404, body = Detail, description = "Unknown or archived"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 60 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<DeviceAuthRequest>,
) -> Reply<Found> {
    let device = postern
        .find_device(&meta, asked.event_id, asked.dev_mac.as_ref())
        .await?;
    Ok(Json(Found {
        associated: device.open_association(meta.now).is_some(),
        device_id: device.id,
        dev_mac: device.mac.to_string(),
        event_id: device.event,
        name: device.name,
    }))
}
