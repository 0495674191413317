//! Proving an address by a token that was sent there: the one that an account has, or
//! another that it moves to. The old one stays until the reader of the new one's mail
//! says so.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::account::User;
use crate::limit::{Limit, Quota};
use crate::session::Moment;
use crate::time::{DAY, HOUR};

/// Seconds for which a token is good that moves an account.
pub const LIFETIME: u64 = HOUR;

/// Seconds for which a token is good that proves the address of a new account: people
/// read such a letter when they read their mail.
pub const OWN_LIFETIME: u64 = 3 * DAY;

/// Letters that ask for proof, per account and day: they go to addresses that are
/// not its own.
pub const LETTERS_PER_ACCOUNT: Limit = Limit {
    name: "email-change",
    window: DAY,
    budget: 5,
    quota: Quota::Daily,
};

/// Tokens that are tried, per network.
pub const TOKENS_PER_NETWORK: Limit = Limit {
    name: "email-confirm",
    window: crate::time::MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// What is kept of a token, under its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailToken {
    /// The account that is to move.
    pub sub: Uuid,
    /// Its epoch when it asked: whatever ends all sessions ends this too.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// The new address, sealed for the account; with `own`, the one that it has.
    pub address: String,
    /// Whether it proves the address that the account has already. Such a token outlives
    /// a change of password: it is about the address, and useless once that is proven.
    #[serde(default)]
    pub own: bool,
    /// The end of its life.
    pub expires_at: UnixTime,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent_at: Option<UnixTime>,
}

impl EmailToken {
    /// Whether it moves or proves `user`, as the account is now.
    #[must_use]
    pub fn is_good(&self, user: &User, at: Moment) -> bool {
        let asked_at = self.expires_at.minus(LIFETIME);
        let in_force = self.session_epoch == user.session_epoch && !at.has_ended(asked_at);
        self.sub == user.sub && (self.own || in_force) && self.is_open(at.now) && user.is_active()
    }

    /// Whether it is neither used nor too old, whatever it is for.
    #[must_use]
    pub fn is_open(&self, now: UnixTime) -> bool {
        self.spent_at.is_none() && self.expires_at > now
    }
}
