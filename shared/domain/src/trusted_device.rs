//! Devices on which a user is not asked for a second factor (nauth).
//!
//! A device is known by a token that it keeps, and nothing of the device itself is looked
//! at. The token stands beside the password and never instead of it: whoever has the token
//! alone signs in nowhere. It is good for one account, comes by one way
//! ([`Delivery`]), and ends after [`LIFETIME`] or with the account's trust epoch, which a
//! reset of the password, another set of factors and the word of its owner move on.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::account::User;
use crate::session::{Delivery, Session};
use crate::time::DAY;

/// Seconds for which a device is trusted.
pub const LIFETIME: u64 = 30 * DAY;

/// What a trusted device keeps and shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceToken(pub Uuid);

impl DeviceToken {
    /// The token that a client sent. What is none of ours counts as none at all.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text.trim()).ok().map(Self)
    }
}

/// When devices are trusted (nauth: `REMEMBER_DEVICES`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RememberDevices {
    /// Never: tokens of before are worth nothing.
    Never,
    /// At every sign-in.
    Always,
    /// When their owner says so.
    #[default]
    UserOptIn,
}

impl RememberDevices {
    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "never" => Some(Self::Never),
            "always" => Some(Self::Always),
            "user_opt_in" => Some(Self::UserOptIn),
            _ => None,
        }
    }
}

/// What an installation decides about trusted devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustPolicy {
    /// When devices are trusted.
    pub remember: RememberDevices,
    /// Whether a trusted one is not asked for a second factor
    /// (nauth: `TRUSTED_SKIP_MFA`).
    pub skips_factor: bool,
}

/// The session that a device is signed in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSession {
    /// Its name.
    pub id: Uuid,
    /// When it ends, come what may: its row is kept until then.
    pub ends_at: UnixTime,
}

impl From<&Session> for DeviceSession {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id,
            ends_at: session.ends_at,
        }
    }
}

/// A device that an account trusts, found by the digest of its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedDevice {
    /// What its token is made of, together with a key that is not in the table.
    pub nonce: String,
    /// The account's epoch of trust when it began; see [`User::trust_epoch`].
    pub trust_epoch: u64,
    /// The way by which the token travels: what came by another is worth nothing, as it is
    /// with the tokens of sessions.
    pub delivery: Delivery,
    /// The session that it is signed in with, unless that was signed out of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<DeviceSession>,
    /// Since when it is trusted.
    pub trusted_at: UnixTime,
    /// Until when.
    pub expires_at: UnixTime,
}

impl TrustedDevice {
    /// A device that `user` trusts from now on, signed in with `session`.
    #[must_use]
    pub fn new(user: &User, session: &Session, nonce: String, now: UnixTime) -> Self {
        Self {
            nonce,
            trust_epoch: user.trust_epoch,
            delivery: session.delivery,
            session: Some(session.into()),
            trusted_at: now,
            expires_at: now.plus(LIFETIME),
        }
    }

    /// The same, signed in with `session` from now on.
    #[must_use]
    pub fn signed_in_with(&self, session: &Session) -> Self {
        Self {
            session: Some(session.into()),
            ..self.clone()
        }
    }

    /// Whether `user` trusts it at `now`, whose token came by `delivery`.
    #[must_use]
    pub fn is_trusted(&self, user: &User, delivery: Delivery, now: UnixTime) -> bool {
        self.trust_epoch == user.trust_epoch && self.delivery == delivery && self.expires_at > now
    }

    /// Whether `session` is the one that it is signed in with.
    #[must_use]
    pub fn is_held_by(&self, session: &Session) -> bool {
        self.session.is_some_and(|held| held.id == session.id)
    }

    /// The same where the session that it was signed in with is known to be over.
    #[must_use]
    pub fn with_session_over(&self) -> Self {
        let over = |held: DeviceSession| DeviceSession {
            ends_at: UnixTime(0),
            ..held
        };
        Self {
            session: self.session.map(over),
            ..self.clone()
        }
    }

    /// The session that it was signed in with before, if there may be anything to end.
    #[must_use]
    pub fn earlier_session(&self, now: UnixTime) -> Option<Uuid> {
        let held = self.session.filter(|held| held.ends_at > now);
        held.map(|held| held.id)
    }
}

impl Session {
    /// Whether the device of this session may be trusted from now on. Trust spares the second
    /// factor, so only a session gives it in which that was shown, and none that does not
    /// have all rights of its account.
    #[must_use]
    pub fn may_trust_device(&self, user: &User) -> bool {
        let shown = self.mfa_at.is_some() || self.has_enrolled;
        self.is_whole(user) && (shown || !user.owes_factor())
    }
}
