//! Guessing passwords, and how it is slowed down without locking owners out.
//!
//! One rule for all guesses, with the two counts of
//! [`crate::email_code`]: networks that an account signed in from before, and all
//! others. Each name that one can sign in by (an address, a username) has a ledger,
//! whether or not an account stands behind it, so that a name tells nothing by how
//! it is refused.
//!
//! - In a row, the first few wrong passwords cost nothing ([`free`]): five from
//!   unknown networks together, ten from known ones. After each further one the count
//!   rests, [`FIRST_REST`] (30 s) and twice as long each time, up to
//!   [`LONGEST_REST`] (an hour). A count without a try for a day begins anew.
//!   Whatever the number of networks, strangers have at most 5 + 8 + 24 passwords a
//!   day on one name, 74 on an account with two, and 111 where its number opens it, too.
//!   (NIST SP 800-63B-4 §3.2.2 would have the password switched off after a hundred in
//!   a row: that is the lock with which a stranger keeps its owner out.)
//! - One network takes [`WRONG_PER_NETWORK`] wrong passwords a day over all accounts
//!   that do not know it, [`KNOWN_WRONG_PER_NETWORK`] over those that do, so a list of
//!   stolen passwords gets nowhere from one address, and every route that takes one
//!   has [`PASSWORDS_PER_NETWORK`] besides.
//! - The 50,000 most used passwords are refused when one is chosen
//!   ([`super::common`]), so these guesses begin beyond them. A year of them is
//!   27,000: where one in a million is right, they open one account in 37, and with a
//!   number one in 25.
//!
//! A rest is no lock. It ends no session, shows in no field, and holds only in its own
//! count: an attacker who guesses from elsewhere does not lock owners out of the networks
//! they sign in from, and a code by mail or a reset opens the account from any other. A
//! right password ends the rest of its owner's known networks; from an unknown network it
//! takes back only its own count, so an owner who travels gives a guesser no extra tries.
//!
//! The count comes before the comparison: N guesses at once are N counted tries. A
//! right one is settled once, however many rounds its sign-in takes, and no count
//! goes below zero.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::email_code::{NOTICE_AT, NetworkKind};
use crate::limit::{Exceeded, Limit, Quota};
use crate::network::NetworkMark;
use crate::time::{DAY, HOUR, MINUTE};

/// Seconds of the first rest.
pub const FIRST_REST: u64 = 30;

/// Seconds of the longest rest.
pub const LONGEST_REST: u64 = HOUR;

/// Requests that hold a password, per network, on all routes that take one together
/// (cashless: 10 a minute per IP at login; form and JSON share it).
pub const PASSWORDS_PER_NETWORK: Limit = Limit {
    name: "password",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Wrong passwords, per network and over all accounts that do not know the network.
pub const WRONG_PER_NETWORK: Limit = Limit {
    name: "password-guesses",
    window: DAY,
    budget: 100,
    quota: Quota::Network,
};

/// Wrong passwords, per network and over all accounts that know the network.
pub const KNOWN_WRONG_PER_NETWORK: Limit = Limit {
    name: "known-password-guesses",
    window: DAY,
    budget: 200,
    quota: Quota::Network,
};

/// What one network takes in a day from one kind of network, over all accounts.
#[must_use]
pub const fn limit_per_network(network_kind: NetworkKind) -> Limit {
    match network_kind {
        NetworkKind::Known => KNOWN_WRONG_PER_NETWORK,
        NetworkKind::Unknown => WRONG_PER_NETWORK,
    }
}

/// Wrong passwords in a row that cost nothing.
#[must_use]
pub const fn free(network_kind: NetworkKind) -> u32 {
    match network_kind {
        NetworkKind::Known => 10,
        NetworkKind::Unknown => 5,
    }
}

/// Seconds for which a count rests after `tries` in a row.
#[must_use]
pub fn rest(network_kind: NetworkKind, tries: u32) -> u64 {
    let Some(doublings) = tries.checked_sub(free(network_kind)) else {
        return 0;
    };
    FIRST_REST
        .saturating_mul(1 << doublings.min(16))
        .min(LONGEST_REST)
}

/// What came from one kind of network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Tries in a row.
    pub tries: u32,
    /// The last of them.
    pub last: Option<UnixTime>,
}

/// Which condition a try is counted under: what must still be true of the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Fewer tries than are free, however many are on their way at once.
    Free {
        /// How many are free.
        free: u32,
    },
    /// No other try came since the count was read: beyond the free ones, tries come one
    /// at a time.
    Alone {
        /// The count as it was read.
        seen: Attempts,
        /// Tries in a row, this one included.
        tries: u32,
    },
}

/// The ledger of one thing that is guessed at, found by a keyed digest of it: what was
/// tried against it lately. A name's password has one, and so may any other secret of an
/// account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuessLedger {
    /// The account behind the ledger when its networks were noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<Uuid>,
    /// The networks that the account knew then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<NetworkMark>,
    /// Tries in a row from known networks.
    #[serde(default)]
    pub known_tries: u32,
    /// The last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_last: Option<UnixTime>,
    /// Tries in a row from elsewhere.
    #[serde(default, rename = "strange_tries")]
    pub unknown_tries: u32,
    /// The last of them.
    #[serde(
        default,
        rename = "strange_last",
        skip_serializing_if = "Option::is_none"
    )]
    pub unknown_last: Option<UnixTime>,
}

impl GuessLedger {
    /// The kind of network of a try from `network`, when `sub` is the account behind the
    /// ledger now.
    #[must_use]
    pub fn network_kind_of(&self, network: &NetworkMark, sub: Option<Uuid>) -> NetworkKind {
        if sub.is_some() && self.sub == sub && self.networks.contains(network) {
            NetworkKind::Known
        } else {
            NetworkKind::Unknown
        }
    }

    /// A count as it is.
    #[must_use]
    pub const fn attempts(&self, name: NetworkKind) -> Attempts {
        match name {
            NetworkKind::Known => Attempts {
                tries: self.known_tries,
                last: self.known_last,
            },
            NetworkKind::Unknown => Attempts {
                tries: self.unknown_tries,
                last: self.unknown_last,
            },
        }
    }

    /// How a try at `now` from one kind of network is to be counted.
    ///
    /// # Errors
    /// [`Exceeded`] while the count rests.
    pub fn admit(&self, name: NetworkKind, now: UnixTime) -> Result<Admission, Exceeded> {
        let seen = self.attempts(name);
        let last = seen.last.unwrap_or(UnixTime(0));
        if seen.tries > 0 && last.plus(DAY) <= now {
            return Ok(Admission::Alone { seen, tries: 1 });
        }
        let free = free(name);
        if seen.tries < free {
            return Ok(Admission::Free { free });
        }
        let open_at = last.plus(rest(name, seen.tries));
        if open_at > now {
            return Err(resting(open_at.seconds_since(now)));
        }
        Ok(Admission::Alone {
            seen,
            tries: seen.tries.saturating_add(1),
        })
    }

    /// Whether the try that was just counted, and was wrong, is the one after which
    /// the person is told.
    #[must_use]
    pub fn deserves_notice(&self, name: NetworkKind) -> bool {
        self.attempts(name).tries == NOTICE_AT
    }
}

/// A count that rests for that many more seconds.
#[must_use]
pub fn resting(seconds: u64) -> Exceeded {
    Exceeded {
        quota: Quota::Cooldown,
        retry_after: seconds.max(1),
    }
}

#[cfg(test)]
mod tests;
