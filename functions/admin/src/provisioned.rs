//! Events, devices and those who work with them, as administrators see them.

use domain::UnixTime;
use domain::account::{Appointment, User};
use domain::pos::{PosDevice, PosEvent};
use serde::Serialize;
use utoipa::ToSchema;

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventResponse {
    /// Its integer id.
    id: u64,
    /// What people call it.
    name: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ended; null while it goes on.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

impl From<PosEvent> for EventResponse {
    fn from(event: PosEvent) -> Self {
        Self {
            id: event.id,
            name: event.name,
            created_at: event.created_at.to_string(),
            ended_at: event.ended_at.map(|at| at.to_string()),
        }
    }
}

/// A device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceResponse {
    /// Its integer id.
    id: u64,
    /// What it calls itself.
    dev_mac: String,
    /// The event that it works at.
    event_id: u64,
    /// What people call it.
    name: String,
    /// When it was taken out of use; null while it is in use.
    #[schema(format = DateTime)]
    archived_at: Option<String>,
    /// Into whose hands it was given, until `associated_until`.
    operator_id: Option<u64>,
    /// When it leaves them by itself.
    #[schema(format = DateTime)]
    associated_until: Option<String>,
}

impl DeviceResponse {
    /// A device as it is at `now`.
    pub(crate) fn of(device: PosDevice, now: UnixTime) -> Self {
        let association = device.open_association(now);
        Self {
            operator_id: association.map(|open| open.operator_id),
            associated_until: association.map(|open| open.until.to_string()),
            id: device.id,
            dev_mac: device.mac.to_string(),
            event_id: device.event,
            name: device.name,
            archived_at: device.archived_at.map(|at| at.to_string()),
        }
    }
}

/// A user who works at an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorResponse {
    /// Their integer id.
    id: u64,
    /// Their address.
    email: Option<String>,
    /// Their username.
    username: String,
    /// `operator` or `network_manager`; `user` once dismissed.
    role: &'static str,
    /// Whether that begins only when they prove their address.
    #[schema(required = false)]
    waits_for_proof: bool,
    /// The event.
    event_id: Option<u64>,
    /// What they work with.
    mode: Option<u8>,
    /// Whether the account may be used.
    is_active: bool,
}

impl From<User> for OperatorResponse {
    fn from(user: User) -> Self {
        let has = Appointment::of(&user);
        Self {
            id: user.uid,
            email: user.email.as_ref().map(ToString::to_string),
            role: has.role.name(),
            waits_for_proof: user.appointment.is_some(),
            event_id: has.event,
            mode: has.mode,
            is_active: user.is_active(),
            username: user.username,
        }
    }
}
