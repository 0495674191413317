//! `POST /api/auth/device/`: begin a device authorization.

use axum::Json;
use axum::extract::State;
use edge::{Meta, Reply};
use flows::{DeviceCodes, Postern};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::OAuthError;

/// What to show and what to keep.
#[derive(Serialize, ToSchema)]
#[schema(as = DeviceCodeResponse)]
pub struct Started {
    /// What to poll with.
    device_code: String,
    /// What the person types.
    user_code: String,
    /// Where they type it; takes `?user_code=` too.
    #[schema(format = Uri)]
    verification_uri: String,
    /// Seconds for which both codes are good.
    expires_in: u64,
    /// Seconds to leave between two polls.
    interval: u64,
}

impl From<DeviceCodes> for Started {
    fn from(codes: DeviceCodes) -> Self {
        Self {
            user_code: codes.user_code.to_string(),
            device_code: codes.device_code,
            verification_uri: codes.verification_uri,
            expires_in: codes.expires_in,
            interval: codes.interval,
        }
    }
}

/// Begin a device authorization. Whatever body comes is ignored.
///
/// # Errors
/// A limit.
#[utoipa::path(
    post, path = "/api/auth/device/", operation_id = "auth_device_create",
    tags = ["ravi", "Device Auth"], security(()),
    responses(
        (status = 200, body = Started, description = "The codes"),
        (status = 429, body = OAuthError, description = "Too many from one network"),
        (status = 503, body = OAuthError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn handle(State(postern): State<Postern>, Meta(meta): Meta) -> Reply<Started> {
    let codes = postern.request_device(&meta, None).await?;
    Ok(Json(codes.into()))
}
