//! The way back to a forgotten password: a token by mail.
//!
//! It proves that its sender reads the account's mail and nothing more. It brings a
//! new password, never a session; a second factor is asked for as before at the
//! next sign-in. For an account whose address was never proven it is the first
//! proof, and ends what was set up before it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::account::User;
use crate::limit::cashless::{RESET_CONFIRMATIONS, RESETS_PER_ADDRESS};
use crate::limit::{Limit, Quota};
use crate::password::guesses::PASSWORDS_PER_NETWORK;
use crate::time::{DAY, HOUR, MINUTE};

/// Seconds for which a token is good.
pub const LIFETIME: u64 = HOUR;

/// Requests for a token, per network.
pub const REQUESTS_PER_NETWORK: Limit = Limit {
    name: "reset-request",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Requests for a token, per network and day: each is a letter, and no network shall use
/// up what the whole stack may send.
pub const REQUESTS_PER_NETWORK_A_DAY: Limit = Limit {
    name: "reset-request-day",
    window: DAY,
    budget: 200,
    quota: Quota::Network,
};

/// Letters about a forgotten password to one address, over all callers and whether or not
/// it has an account. Beyond it nothing is sent and the caller is not told, since the
/// answer would tell strangers about the address.
pub const LETTERS_PER_ADDRESS: Limit = Limit {
    name: "reset-letters",
    window: HOUR,
    budget: 5,
    quota: Quota::Hourly,
};

/// In what contracts differ about it.
#[derive(Clone, Copy, Debug)]
pub struct ResetPolicy {
    /// Requests for one address beyond which the caller is refused, if the contract says
    /// so. Each address has its count, with an account or without.
    pub per_address: Option<&'static Limit>,
    /// Whether the answer reports success although no mail can be sent.
    pub hides_undelivered: bool,
    /// Attempts to use a token, per network.
    pub uses: &'static Limit,
}

/// The policy of the Auth Service.
pub const AUTH_SERVICE: ResetPolicy = ResetPolicy {
    per_address: None,
    hides_undelivered: false,
    uses: &PASSWORDS_PER_NETWORK,
};

/// The policy of cashless, whose original refuses only for addresses that it knows.
pub const CASHLESS: ResetPolicy = ResetPolicy {
    per_address: Some(&RESETS_PER_ADDRESS),
    hides_undelivered: true,
    uses: &RESET_CONFIRMATIONS,
};

/// The policy of our own pages: as the Auth Service's.
pub const PAGES: ResetPolicy = AUTH_SERVICE;

/// What is kept of a token, under its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetToken {
    /// Whose password it replaces. `None` where no account holds the address: then it
    /// was never sent, and only costs what a real one costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<Uuid>,
    /// The account's epoch when it was asked for: whatever ends all sessions, a
    /// changed password or address among them, ends it too.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// The end of its life.
    pub expires_at: UnixTime,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent_at: Option<UnixTime>,
}

impl ResetToken {
    /// A fresh record for the account that holds the address.
    #[must_use]
    pub fn new(user: Option<&User>, now: UnixTime) -> Self {
        Self {
            sub: user.map(|user| user.sub),
            session_epoch: user.map_or(0, |user| user.session_epoch),
            expires_at: now.plus(LIFETIME),
            spent_at: None,
        }
    }

    /// Whether it replaces the password of `user`, as the account is now.
    #[must_use]
    pub fn is_good(&self, user: &User, now: UnixTime) -> bool {
        self.sub == Some(user.sub)
            && self.session_epoch == user.session_epoch
            && self.spent_at.is_none()
            && self.expires_at > now
            && user.is_active()
    }
}
