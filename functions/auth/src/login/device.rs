//! `POST /auth/login/device`: a device signs in by itself (cashless).

use axum::Json;
use axum::extract::State;
use edge::cashless::{DeviceAuthRequest, Texts, offline_token};
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Meta, Reply};
use flows::Postern;

/// Sign in as a device that was given into an operator's hands within a day. The
/// address alone opens nothing: everybody near a device can read it. A device that
/// is unknown, archived or in nobody's hands gets the same answer.
///
/// # Errors
/// A malformed body, a device that may not, or a limit.
#[utoipa::path(
    post, path = "/auth/login/device", operation_id = "login_device_auth_login_device_post",
    tags = ["cashless", "auth"], request_body = DeviceAuthRequest, security(()),
    responses(
        (status = 200, body = Texts, description = "An offline token, and what it is bound to"),
        (status = 401, body = Detail, description = "Unknown, archived, or in nobody's hands"),
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
) -> Reply<Texts> {
    let issued = postern
        .sign_in_device(&meta, asked.event_id, asked.dev_mac.as_ref())
        .await?;
    Ok(Json(offline_token(issued)))
}
