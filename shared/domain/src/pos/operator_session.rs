//! An operator at a device.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::device::{DeviceMac, PosDevice};
use crate::UnixTime;
use crate::account::{Role, User};
use crate::session::Moment;
use crate::time::HOUR;

/// Seconds for which an operator token is good.
pub const OPERATOR_TOKEN_LIFETIME: u64 = 72 * HOUR;

/// Kinds of devices (cashless: `dev_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeviceType {
    /// Sells.
    Pos,
    /// Reports.
    Report,
    /// Lets people pass.
    Fastpass,
    /// Looks after children's bands.
    Kids,
    /// Hands out devices.
    Dispatch,
}

impl DeviceType {
    /// All of them, as clients name them.
    pub const NAMES: [&'static str; 5] = ["POS", "REPORT", "FASTPASS", "KIDS", "DISPATCH"];

    /// As clients name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pos => "POS",
            Self::Report => "REPORT",
            Self::Fastpass => "FASTPASS",
            Self::Kids => "KIDS",
            Self::Dispatch => "DISPATCH",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Pos,
            Self::Report,
            Self::Fastpass,
            Self::Kids,
            Self::Dispatch,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }

    /// Whether an operator of `mode` works with it: four kinds of device have a mode
    /// of their own, and all others sell.
    #[must_use]
    pub const fn takes(self, mode: u8) -> bool {
        match self {
            Self::Pos => !matches!(mode, 3..=6),
            Self::Report => mode == 3,
            Self::Fastpass => mode == 4,
            Self::Kids => mode == 5,
            Self::Dispatch => mode == 6,
        }
    }
}

/// An operator's session on one device. Its token is made again from this row as
/// long as it is alive, and never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorSession {
    /// Its name.
    pub id: Uuid,
    /// The operator.
    pub sub: Uuid,
    /// The operator's epoch when it began: a lock, another role or another password
    /// ends it.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// The kind of device.
    pub dev_type: DeviceType,
    /// The device.
    pub mac: DeviceMac,
    /// The event that the operator works at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// What the operator may work with.
    pub mode: u8,
    /// When it began.
    pub created_at: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
    /// When it was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UnixTime>,
}

impl OperatorSession {
    /// A session of `operator`, if their role and mode allow it on such a device.
    #[must_use]
    pub fn begin(
        id: Uuid,
        operator: &User,
        dev_type: DeviceType,
        mac: &DeviceMac,
        now: UnixTime,
    ) -> Option<Self> {
        let mode = operator.mode.filter(|mode| dev_type.takes(*mode))?;
        (operator.role == Role::Operator).then(|| Self {
            id,
            sub: operator.sub,
            session_epoch: operator.session_epoch,
            dev_type,
            mac: mac.clone(),
            event: operator.event,
            mode,
            created_at: now,
            expires_at: now.plus(OPERATOR_TOKEN_LIFETIME),
            ended_at: None,
        })
    }

    /// Whether it is alive for `operator` on `device`, which need not be registered
    /// (`None`).
    #[must_use]
    pub fn is_alive(&self, operator: &User, device: Option<&PosDevice>, at: Moment) -> bool {
        self.ended_at.is_none()
            && self.expires_at > at.now
            && !at.has_ended(self.created_at)
            && operator.is_active()
            && self.session_epoch == operator.session_epoch
            && device.is_none_or(PosDevice::is_in_use)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_has_its_kind_of_device() {
        let kinds = DeviceType::NAMES.map(|name| DeviceType::parse(name).unwrap());
        let takers = |mode| kinds.map(|kind| kind.takes(mode));
        assert_eq!(takers(0), [true, false, false, false, false]);
        assert_eq!(takers(3), [false, true, false, false, false]);
        assert_eq!(takers(4), [false, false, true, false, false]);
        assert_eq!(takers(5), [false, false, false, true, false]);
        assert_eq!(takers(6), [false, false, false, false, true]);
        assert_eq!(takers(7), [true, false, false, false, false]);
        assert_eq!(DeviceType::parse("pos"), None);
    }
}
