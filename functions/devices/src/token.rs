//! `POST /devices/{device_id}/token`: give a device into an operator's hands.

use axum::Json;
use axum::extract::State;
use edge::cashless::{Texts, offline_token};
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, NotSignedIn, Unavailable};
use edge::{BodyAt, Fields, FromFields, Meta, Rejected, Reply, User};
use flows::Postern;
use utoipa::ToSchema;

/// Into whose hands.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceTokenRequest {
    /// The operator's integer id.
    operator_id: u64,
}

impl FromFields for DeviceTokenRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let operator_id = fields.integer("operator_id");
        fields.deny_unknown(&["operator_id"]);
        Ok(Self {
            operator_id: operator_id?,
        })
    }
}

/// Give a device into the hands of an operator of its event for a day, and make its
/// offline token. Operators take devices themselves; administrators and the event's
/// network managers hand them to any operator there.
///
/// # Errors
/// A caller that may not, a device or operator that will not do, or a limit.
#[utoipa::path(
    post, path = "/devices/{device_id}/token",
    operation_id = "issue_device_token_endpoint_devices__device_id__token_post",
    tags = ["cashless", "devices"], request_body = DeviceTokenRequest, security(("jwtAuth" = [])),
    params(("device_id" = i64, Path, description = "Its integer id")),
    responses(
        (status = 200, body = Texts, description = "An offline token, and what it is bound to"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Does not work at the device's event"),
        (status = 404, body = Detail, description = "No device in use, or no operator of its event"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    User(signed): User,
    BodyAt(device, asked): BodyAt<DeviceTokenRequest>,
) -> Reply<Texts> {
    let issued = postern
        .give_device(&meta, &signed, device, asked.operator_id)
        .await?;
    Ok(Json(offline_token(issued)))
}
