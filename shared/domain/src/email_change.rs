//! Moving an account to another address: the old one stays until somebody who
//! reads the new one's mail says so, by a token that was sent there.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::account::User;
use crate::limit::{Limit, Quota};
use crate::time::{DAY, HOUR};

/// Seconds for which a token is good.
pub const LIFETIME: u64 = HOUR;

/// Letters that ask for proof, per account and day: they go to addresses that are
/// not its own.
pub const LETTERS_PER_ACCOUNT: Limit = Limit {
    name: "email-change",
    window: DAY,
    budget: 5,
    quota: Quota::Daily,
};

/// Tokens that are tried, per place.
pub const TOKENS_PER_PLACE: Limit = Limit {
    name: "email-confirm",
    window: crate::time::MINUTE,
    budget: 10,
    quota: Quota::Place,
};

/// What is kept of a token, under its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailTicket {
    /// The account that is to move.
    pub sub: Uuid,
    /// Its epoch when it asked: whatever ends all sessions ends this too.
    pub epoch: u64,
    /// The new address, sealed for the account.
    pub address: String,
    /// The end of its life.
    pub expires_at: UnixTime,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent_at: Option<UnixTime>,
}

impl EmailTicket {
    /// Whether it moves `user`, as the account is now.
    #[must_use]
    pub fn is_good(&self, user: &User, now: UnixTime) -> bool {
        self.sub == user.sub
            && self.epoch == user.epoch
            && self.spent_at.is_none()
            && self.expires_at > now
            && user.is_active()
    }
}
