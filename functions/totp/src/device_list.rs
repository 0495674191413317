//! `GET /cfg/totp/devices/`: one's authenticator apps.

use axum::Json;
use axum::extract::State;
use domain::factors::{Authenticator, AuthenticatorStatus};
use edge::djangocfg::Detail;
use edge::{KeyOrUser, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceListResponse)]
pub struct Devices {
    /// Oldest first, also those that wait or are out of force.
    devices: Vec<Device>,
    /// Whether a sign-in asks for one.
    has_2fa_enabled: bool,
}

/// An authenticator app.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceList)]
pub struct Device {
    /// Its name for ever.
    #[schema(format = Uuid, read_only)]
    id: String,
    /// What its owner calls it.
    #[schema(read_only)]
    name: String,
    /// Whether codes are asked of this one.
    #[schema(read_only)]
    is_primary: bool,
    /// How far it has come.
    #[schema(read_only)]
    status: Status,
    /// When it was made.
    #[schema(format = DateTime, read_only)]
    created_at: String,
    /// When its first code came.
    #[schema(format = DateTime, required = true, read_only)]
    confirmed_at: Option<String>,
    /// When its latest code came.
    #[schema(format = DateTime, required = true, read_only)]
    last_used_at: Option<String>,
}

/// How far a device has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeviceStatusEnum)]
pub enum Status {
    /// Waits for its first code.
    Pending,
    /// In force.
    Active,
    /// Out of force.
    Disabled,
}

impl From<Authenticator> for Device {
    fn from(device: Authenticator) -> Self {
        Self {
            id: device.id.to_string(),
            name: device.name,
            is_primary: device.primary,
            status: match device.status {
                AuthenticatorStatus::Pending => Status::Pending,
                AuthenticatorStatus::Active => Status::Active,
                AuthenticatorStatus::Disabled => Status::Disabled,
            },
            created_at: device.created_at.to_string(),
            confirmed_at: device.confirmed_at.as_ref().map(ToString::to_string),
            last_used_at: device.last_used_at.as_ref().map(ToString::to_string),
        }
    }
}

/// List the authenticator apps of whoever is signed in.
///
/// # Errors
/// A caller that is not signed in.
#[utoipa::path(
    get, path = "/cfg/totp/devices/", operation_id = "cfg_totp_devices_retrieve",
    tags = ["djangocfg", "cfg_totp"], security(("jwtAuth" = []), ("apiKeyAuth" = [])),
    responses(
        (status = 200, body = Devices, description = "All of them"),
        (status = 401, body = Detail, description = "Not signed in, or not an API key"),
        (status = 429, body = Detail, description = "Too many bad keys from one network"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    KeyOrUser(caller): KeyOrUser,
) -> Reply<Devices> {
    let devices = postern.totp_devices(caller.user()).await?;
    Ok(Json(Devices {
        has_2fa_enabled: devices.iter().any(Authenticator::is_active),
        devices: devices.into_iter().map(Device::from).collect(),
    }))
}
