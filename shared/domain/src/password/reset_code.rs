//! The code that replaces a forgotten password (nauth).
//!
//! It is kept under a keyed digest of the name that was typed, whether or not an account
//! has that name, so that known and unknown names cost and look the same: an unknown one
//! has a row whose code was sent nowhere. Six digits and three tries, three codes an hour:
//! guessing at one account for a day is right once in 4,600 times, and its owner gets each
//! of those 72 letters.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::User;
use crate::time::{HOUR, MINUTE};
use crate::{ResetCodeFailure, UnixTime};

/// Seconds for which a code is good that its owner asked for.
pub const LIFETIME: u64 = 15 * MINUTE;

/// Seconds for which one is good that an administrator sent, unless they say otherwise.
pub const ADMIN_LIFETIME: u64 = HOUR;

/// Tries that a code takes.
pub const TRIES: u32 = 3;

/// What is kept of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetCode {
    /// Whose password it replaces; `None` where it was sent nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<Uuid>,
    /// The account's session epoch when it was asked for: what ends all sessions ends it.
    pub session_epoch: u64,
    /// What its digits are made of.
    pub nonce: String,
    /// Tries so far.
    pub tries: u32,
    /// When it ends.
    pub expires_at: UnixTime,
}

impl ResetCode {
    /// A code for `user`, who has shown where it goes; without one, it goes nowhere.
    #[must_use]
    pub fn new(user: Option<&User>, nonce: String, lifetime: u64, now: UnixTime) -> Self {
        Self {
            sub: user.map(|user| user.sub),
            session_epoch: user.map_or(0, |user| user.session_epoch),
            nonce,
            tries: 0,
            expires_at: now.plus(lifetime),
        }
    }

    /// Refuses one that takes no try at `now`.
    ///
    /// # Errors
    /// [`ResetCodeFailure::NoAttempts`], [`ResetCodeFailure::Expired`].
    pub fn may_be_tried(&self, now: UnixTime) -> Result<(), ResetCodeFailure> {
        if self.tries >= TRIES {
            return Err(ResetCodeFailure::NoAttempts);
        }
        if self.expires_at <= now {
            return Err(ResetCodeFailure::Expired);
        }
        Ok(())
    }

    /// What a wrong try is answered with: the last one spends the code.
    #[must_use]
    pub const fn wrong(&self) -> ResetCodeFailure {
        if self.tries >= TRIES {
            ResetCodeFailure::NoAttempts
        } else {
            ResetCodeFailure::Wrong
        }
    }
}
