//! The code that replaces a forgotten password (nauth).
//!
//! It is kept under a keyed digest of the name that was typed, whether or not an account
//! has that name, so that known and unknown names cost and look the same: an unknown one
//! has a row whose code was sent nowhere.
//!
//! Networks that the account knows are counted apart, both for codes asked for and for codes
//! tried, as everywhere in the house: a stranger who asks or guesses on purpose does not
//! keep the owner out. Asking again repeats a code that is good, so a stranger's request does
//! not void the one in the owner's hand; only one whose own tries are used up gets another.
//! Six digits and three tries, three codes an hour: guessing from elsewhere at one account
//! for a day is right once in 4,600 times, and its owner gets each of those 72 letters.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::User;
use crate::email_code::NetworkKind;
use crate::network::NetworkMark;
use crate::time::{HOUR, MINUTE};
use crate::{ResetCodeFailure, UnixTime};

/// Seconds for which a code is good that its owner asked for.
pub const LIFETIME: u64 = 15 * MINUTE;

/// Seconds for which one is good that an administrator sent, unless they say otherwise.
pub const ADMIN_LIFETIME: u64 = HOUR;

/// Tries that a code takes from each kind of network.
pub const TRIES: u32 = 3;

/// What is kept of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetCode {
    /// Counts writes, tries included, so that a request never overwrites a try that was
    /// counted meanwhile.
    pub rev: u64,
    /// Whose password it replaces; `None` where it was sent nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<Uuid>,
    /// The networks that the account knew when it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<NetworkMark>,
    /// The account's session epoch when it was asked for: what ends all sessions ends it.
    pub session_epoch: u64,
    /// What its digits are made of.
    pub nonce: String,
    /// Tries so far from known networks.
    pub known_tries: u32,
    /// Tries so far from elsewhere.
    #[serde(rename = "strange_tries")]
    pub unknown_tries: u32,
    /// When it ends.
    pub expires_at: UnixTime,
}

impl ResetCode {
    /// Another code for `user`, who has shown where it goes; without one, it goes nowhere.
    /// It takes the place of the row `before`.
    #[must_use]
    pub fn new(
        before: Option<&Self>,
        user: Option<&User>,
        nonce: String,
        lifetime: u64,
        now: UnixTime,
    ) -> Self {
        Self {
            rev: before.map_or(0, |before| before.rev) + 1,
            sub: user.map(|user| user.sub),
            networks: user.map(|user| user.networks.clone()).unwrap_or_default(),
            session_epoch: user.map_or(0, |user| user.session_epoch),
            nonce,
            known_tries: 0,
            unknown_tries: 0,
            expires_at: now.plus(lifetime),
        }
    }

    /// What is kept once a code is asked for from this kind of network: the same code while
    /// it is good and takes tries from there, with its tries.
    #[must_use]
    pub fn asked_for(
        before: Option<&Self>,
        user: Option<&User>,
        network_kind: NetworkKind,
        nonce: String,
        now: UnixTime,
    ) -> Self {
        let new = Self::new(before, user, nonce, LIFETIME, now);
        let good = before.filter(|before| {
            before.expires_at > now
                && before.sub == new.sub
                && before.session_epoch == new.session_epoch
        });
        let Some(good) = good else { return new };
        if good.tries(network_kind) < TRIES {
            return Self {
                nonce: good.nonce.clone(),
                known_tries: good.known_tries,
                unknown_tries: good.unknown_tries,
                ..new
            };
        }
        // The other kind asks for its own tries.
        match network_kind {
            NetworkKind::Known => Self {
                unknown_tries: good.unknown_tries,
                ..new
            },
            NetworkKind::Unknown => Self {
                known_tries: good.known_tries,
                ..new
            },
        }
    }

    /// The kind of network of a try from `network`.
    #[must_use]
    pub fn network_kind_of(&self, network: &NetworkMark) -> NetworkKind {
        if self.networks.contains(network) {
            NetworkKind::Known
        } else {
            NetworkKind::Unknown
        }
    }

    /// Tries so far from this kind of network.
    #[must_use]
    pub const fn tries(&self, network_kind: NetworkKind) -> u32 {
        match network_kind {
            NetworkKind::Known => self.known_tries,
            NetworkKind::Unknown => self.unknown_tries,
        }
    }

    /// Refuses one that takes no try at `now` from this kind of network.
    ///
    /// # Errors
    /// [`ResetCodeFailure::NoAttempts`], [`ResetCodeFailure::Expired`].
    pub fn may_be_tried(
        &self,
        network_kind: NetworkKind,
        now: UnixTime,
    ) -> Result<(), ResetCodeFailure> {
        if self.tries(network_kind) >= TRIES {
            return Err(ResetCodeFailure::NoAttempts);
        }
        if self.expires_at <= now {
            return Err(ResetCodeFailure::Expired);
        }
        Ok(())
    }

    /// What a wrong try is answered with: the last one spends the code for its kind of
    /// network.
    #[must_use]
    pub const fn wrong(&self, network_kind: NetworkKind) -> ResetCodeFailure {
        if self.tries(network_kind) >= TRIES {
            ResetCodeFailure::NoAttempts
        } else {
            ResetCodeFailure::Wrong
        }
    }
}
