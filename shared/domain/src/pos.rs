//! Events, the devices that work at them, and the people who work with those
//! (cashless).
//!
//! A device has a MAC address, which is no secret: every machine near it can read it. So
//! a device proves nothing by itself. An operator or an administrator who may do so
//! associates it with an operator for a while, and while that [`Association`] is open the
//! device gets *offline tokens*: signed, bound to event, device and operator, good for 72
//! hours without asking us. A service that can ask us learns at once when the device was
//! archived, the operator locked or the event ended.
//!
//! An operator who signs in on a device by password gets an *operator token*
//! instead: one for each (operator, kind of device, device), the same again until
//! it is given back. Which operators work with which kind of device, a number
//! called `mode` says.

mod claims;
mod device;
mod event;
mod operator_session;

pub use claims::{OfflineClaims, OperatorClaims};
pub use device::{ASSOCIATION_LIFETIME, Association, DeviceMac, PosDevice};
pub use event::{MAX_NAME_LENGTH, PosEvent};
pub use operator_session::{DeviceType, OPERATOR_TOKEN_LIFETIME, OperatorSession};

use crate::account::{Role, User};
use crate::time::HOUR;

/// Seconds for which an offline token is good.
pub const OFFLINE_TOKEN_LIFETIME: u64 = 72 * HOUR;

/// The capacity in which a user signs in (cashless: `role` and `event_id`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// In whatever role the account has.
    Anybody,
    /// In a role, perhaps for an event. Without a role, because the client named none of
    /// ours, it admits no account.
    In {
        /// The role.
        role: Option<Role>,
        /// The event.
        event: Option<u64>,
    },
    /// As an operator at a device of this kind.
    AtDevice(DeviceType),
}

impl Capacity {
    /// The capacity that a client names. Roles of two words are written with a
    /// space by some.
    #[must_use]
    pub fn named(role: &str, event: Option<u64>) -> Self {
        let role = Role::parse(&role.trim().to_lowercase().replace([' ', '-'], "_"));
        Self::In {
            role: role.filter(|role| *role != Role::User),
            event,
        }
    }

    /// Whether `user` may sign in like that. Operators and network managers work at
    /// one event, and at no other.
    #[must_use]
    pub fn admits(&self, user: &User) -> bool {
        let (role, event) = match *self {
            Self::Anybody => return true,
            Self::In { role, event } => (role, event),
            Self::AtDevice(kind) => {
                let takes = user.mode.is_some_and(|mode| kind.takes(mode));
                return user.role == Role::Operator && takes;
            }
        };
        let at_event = user.event.is_some() && event.is_none_or(|event| user.event == Some(event));
        role == Some(user.role) && (user.role == Role::Admin || at_event)
    }

    /// The event that the session of `user` is then bound to.
    #[must_use]
    pub fn event_of(&self, user: &User) -> Option<u64> {
        match *self {
            Self::Anybody | Self::AtDevice(_) => None,
            Self::In { event, .. } if user.role == Role::Admin => event,
            Self::In { .. } => user.event,
        }
    }

    /// The event that has to exist for it.
    #[must_use]
    pub fn event(&self) -> Option<u64> {
        match *self {
            Self::Anybody | Self::AtDevice(_) => None,
            Self::In { event, .. } => event,
        }
    }
}

/// Whether an account of `role`, whose own event is `own`, may act at `event`.
#[must_use]
pub fn works_at(role: Role, own: Option<u64>, event: u64) -> bool {
    match role {
        Role::Admin => true,
        Role::Operator | Role::NetworkManager => own == Some(event),
        Role::User => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnixTime;

    fn person(role: Role, event: Option<u64>) -> User {
        let new = crate::account::NewUser {
            sub: uuid::Uuid::nil(),
            uid: 1,
            username: "u".into(),
            contact: crate::EmailAddress::parse("a@example.com").map(crate::Contact::Email),
            language: String::new(),
            timezone: String::new(),
            source: String::new(),
            network: String::new(),
            audit_key: String::new(),
        };
        User {
            role,
            event,
            ..new.into_user(UnixTime(0))
        }
    }

    #[test]
    fn a_capacity_admits_its_role_at_its_event() {
        let (admin, operator) = (person(Role::Admin, None), person(Role::Operator, Some(7)));
        let admits = |name, event, user: &User| Capacity::named(name, event).admits(user);
        assert!(admits("admin", None, &admin) && admits("admin", Some(9), &admin));
        assert!(admits("operator", None, &operator) && admits("Operator", Some(7), &operator));
        assert!(!admits("operator", Some(8), &operator));
        assert!(!admits("operator", None, &admin) && !admits("admin", None, &operator));
        assert!(!admits("operator", None, &person(Role::Operator, None)));
        assert!(!admits("user", None, &person(Role::User, None)));
        assert!(!admits("pope", None, &admin));
        let manager = person(Role::NetworkManager, Some(7));
        assert!(admits("network manager", None, &manager));
        assert_eq!(Capacity::named("admin", Some(9)).event_of(&admin), Some(9));
        assert_eq!(
            Capacity::named("operator", None).event_of(&operator),
            Some(7)
        );
        assert!(Capacity::Anybody.admits(&operator));
        assert_eq!(Capacity::Anybody.event_of(&operator), None);
    }

    #[test]
    fn people_act_at_their_own_event() {
        assert!(works_at(Role::Admin, None, 7));
        assert!(works_at(Role::NetworkManager, Some(7), 7));
        assert!(!works_at(Role::Operator, Some(8), 7));
        assert!(!works_at(Role::User, Some(7), 7));
    }
}
