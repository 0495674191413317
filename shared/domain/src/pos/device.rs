//! POS devices and who works with them now.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::account::{Role, User};
use crate::session::Moment;
use crate::time::HOUR;

/// Seconds for which an association is open unless it is closed earlier.
pub const ASSOCIATION_LIFETIME: u64 = 24 * HOUR;

/// The most characters of a device's hardware address (cashless: `dev_mac`).
const LONGEST: usize = 64;

/// What a device calls itself: a MAC address, however it is punctuated and
/// capitalised; or, for a device without one, whatever else it says, such as a serial
/// number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceMac(String);

impl DeviceMac {
    /// Reads what a device sent: 1 to 64 characters, none of them a control.
    #[must_use]
    pub fn parse(sent: &str) -> Option<Self> {
        let sent = sent.trim();
        let sound =
            (1..=LONGEST).contains(&sent.chars().count()) && !sent.contains(char::is_control);
        if !sound {
            return None;
        }
        let bare = sent.replace([':', '-', '.'], "").to_uppercase();
        let is_mac = bare.len() == 12 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_mac {
            return Some(Self(sent.to_uppercase()));
        }
        let mut written = String::with_capacity(17);
        for (place, digit) in bare.chars().enumerate() {
            if place > 0 && place % 2 == 0 {
                written.push(':');
            }
            written.push(digit);
        }
        Some(Self(written))
    }

    /// As it is written: `AA:BB:CC:DD:EE:FF` if it is a MAC address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceMac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A device that works at an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PosDevice {
    /// Its integer id, over all events.
    pub id: u64,
    /// Its event. The same machine at two events is two devices.
    pub event: u64,
    /// What it calls itself; unique at the event.
    pub mac: DeviceMac,
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Counts edits of this row.
    pub rev: u64,
    /// When it was registered.
    pub created_at: UnixTime,
    /// When it was taken out of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<UnixTime>,
    /// Who works with it, for as long as that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association: Option<Association>,
}

/// An operator's work with a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// The operator.
    pub operator: Uuid,
    /// Their integer id.
    pub operator_id: u64,
    /// Their account's epoch: a lock or another password ends the association too.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// Who opened it.
    pub opened_by: Uuid,
    /// When it was opened.
    pub opened_at: UnixTime,
    /// When it closes by itself.
    pub until: UnixTime,
}

impl PosDevice {
    /// Whether it may be used.
    #[must_use]
    pub const fn is_in_use(&self) -> bool {
        self.archived_at.is_none()
    }

    /// The association that is open at `now`.
    #[must_use]
    pub fn open_association(&self, now: UnixTime) -> Option<&Association> {
        self.association
            .as_ref()
            .filter(|association| self.is_in_use() && association.until > now)
    }

    /// The device associated with `operator`, opened by `by`.
    #[must_use]
    pub fn associated(&self, operator: &User, by: Uuid, now: UnixTime) -> Self {
        Self {
            rev: self.rev + 1,
            association: Some(Association {
                operator: operator.sub,
                operator_id: operator.uid,
                session_epoch: operator.session_epoch,
                opened_by: by,
                opened_at: now,
                until: now.plus(ASSOCIATION_LIFETIME),
            }),
            ..self.clone()
        }
    }

    /// Whether `operator` may work with it.
    #[must_use]
    pub fn takes(&self, operator: &User) -> bool {
        operator.is_active()
            && operator.role == Role::Operator
            && operator.event == Some(self.event)
    }
}

impl Association {
    /// Whether `operator`, as they are now, is still who it was opened for.
    #[must_use]
    pub fn holds(&self, operator: &User, at: Moment) -> bool {
        operator.sub == self.operator
            && operator.session_epoch == self.session_epoch
            && !at.has_ended(self.opened_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_is_one_however_it_is_written() {
        let canonical = "AA:BB:CC:00:11:2F";
        for typed in [
            "aa:bb:cc:00:11:2f",
            "AA-BB-CC-00-11-2F",
            "aabb.cc00.112f",
            " aabbcc00112f ",
        ] {
            assert_eq!(
                DeviceMac::parse(typed).unwrap().as_str(),
                canonical,
                "{typed}"
            );
        }
        assert_eq!(
            DeviceMac::parse("emulator-5554").unwrap().as_str(),
            "EMULATOR-5554"
        );
        for typed in ["", "  ", "a\u{7}b", &"x".repeat(65)] {
            assert_eq!(DeviceMac::parse(typed), None);
        }
    }

    #[test]
    fn an_association_closes_by_itself_and_with_the_device() {
        let device = PosDevice {
            id: 1,
            event: 7,
            mac: DeviceMac::parse("aabbcc001122").unwrap(),
            name: String::new(),
            rev: 1,
            created_at: UnixTime(0),
            archived_at: None,
            association: Some(Association {
                operator: Uuid::nil(),
                operator_id: 1,
                session_epoch: 1,
                opened_by: Uuid::nil(),
                opened_at: UnixTime(0),
                until: UnixTime(100),
            }),
        };
        assert!(device.open_association(UnixTime(99)).is_some());
        assert!(device.open_association(UnixTime(100)).is_none());
        let archived = PosDevice {
            archived_at: Some(UnixTime(1)),
            ..device
        };
        assert!(archived.open_association(UnixTime(99)).is_none());
    }
}
