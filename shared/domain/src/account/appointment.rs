//! Rights, and who vouches for them.
//!
//! Rights go to proven addresses only. An administrator who appoints
//! `manager@example.com` means the person who reads that mail, but an account registered
//! with the address may be a stranger's. So the appointment waits ([`Appointment`]) until
//! the address is proven, and the proof ends what was set up before it. A number or a
//! provider's account is a proof of an account without an address alone: beside another
//! person's address it is the stranger's. Two kinds of accounts have rights before any proof, because an administrator or the registration
//! key vouches for them: see [`Voucher`].

use serde::{Deserialize, Serialize};

use super::{Role, User};
use crate::EmailAddress;

/// Who vouches for the rights of an account whose address is not proven yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Voucher {
    /// Without a voucher: it registered itself.
    #[default]
    Nobody,
    /// An administrator made it for the reader of the address, and chose whatever
    /// password it has. The rights are the reader's and outlast the first proof.
    Administrator,
    /// The installation's registration key (Auth Service). It vouches for the holder of
    /// the password, so a first proof by a caller without the account's own bearer ends
    /// the rights with the password.
    RegistrationKey,
}

impl Voucher {
    /// Whether the account has no voucher.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        *self == Self::Nobody
    }
}

/// What an account may do from some moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Its role.
    pub role: Role,
    /// The event that it works at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// The kind of device that it works with (cashless: mode).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u8>,
}

impl Appointment {
    /// The rights that `user` has, or is to have with its first proof.
    #[must_use]
    pub fn of(user: &User) -> Self {
        user.appointment.unwrap_or(Self {
            role: user.role,
            event: user.event,
            mode: user.mode,
        })
    }
}

impl User {
    /// Whether rights that are given to it reach the person they are meant for: its address
    /// is proven or, where it has none, anything else about it. An address that an
    /// administrator called unproven is not, though it was once.
    #[must_use]
    pub fn may_have_rights(&self) -> bool {
        match self.email {
            Some(_) => self.email_verified,
            None => self.is_proven(),
        }
    }

    /// This account with the rights of `appointment`: at once if its address is proven
    /// or an administrator made it for the reader of that, else with the first proof.
    /// Rights are always taken away at once.
    #[must_use]
    pub fn appointed(&self, appointment: Appointment) -> Self {
        let at_once = self.may_have_rights()
            || self.voucher == Voucher::Administrator
            || appointment.role == Role::User;
        if at_once {
            return Self {
                role: appointment.role,
                event: appointment.event,
                mode: appointment.mode,
                appointment: None,
                ..self.clone()
            };
        }
        Self {
            role: Role::User,
            event: None,
            mode: None,
            appointment: Some(appointment),
            ..self.clone()
        }
    }

    /// This account at another address, which is not proven yet. Rights go to the reader
    /// of the address that they were given to, so an account that moves before their
    /// proof loses them, waiting or not. Otherwise a stranger who registers with a future
    /// manager's address could take the appointment along to their own.
    #[must_use]
    pub fn moved_to(&self, address: &EmailAddress) -> Self {
        let moved = Self {
            email: Some(address.clone()),
            email_verified: false,
            email_proven_at: None,
            ..self.clone()
        };
        if self.may_have_rights() {
            moved
        } else {
            moved.without_rights()
        }
    }

    /// This account with a user's rights and none that wait.
    #[must_use]
    pub fn without_rights(&self) -> Self {
        Self {
            role: Role::User,
            event: None,
            mode: None,
            appointment: None,
            voucher: Voucher::Nobody,
            ..self.clone()
        }
    }

    /// This account with a user's rights, and its own waiting for the next proof.
    #[must_use]
    pub fn with_rights_waiting(&self) -> Self {
        Self {
            role: Role::User,
            event: None,
            mode: None,
            appointment: Some(Appointment::of(self)),
            ..self.clone()
        }
    }

    /// This account with the rights that waited for its proof, if any did.
    #[must_use]
    pub(super) fn with_rights_that_waited(&self) -> Self {
        match self.appointment {
            None => self.clone(),
            Some(Appointment { role, event, mode }) => Self {
                role,
                event,
                mode,
                appointment: None,
                ..self.clone()
            },
        }
    }
}
