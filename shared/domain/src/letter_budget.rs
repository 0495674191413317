//! How many letters a network, an account and a recipient are worth in a day: see the
//! table of `flows::notify::postage`. What the whole stack may send is a setting.

use crate::limit::{Limit, Quota};
use crate::time::DAY;

const fn a_day(name: &'static str, budget: u32, quota: Quota) -> Limit {
    Limit {
        name,
        window: DAY,
        budget,
        quota,
    }
}

/// Letters that requests from one network bring about, to all recipients.
pub const LETTERS_PER_NETWORK: Limit = a_day("letters-network", 200, Quota::Network);

/// Letters that one account's requests bring about, to all recipients.
pub const ASKED_BY_ACCOUNT: Limit = a_day("letters-account", 20, Quota::Daily);

/// Letters to one address that a caller asked for, except codes.
pub const ASKED_PER_RECIPIENT: Limit = a_day("letters-recipient", 10, Quota::Daily);

/// Warnings to one address that an attacker guesses at its account.
pub const WARNINGS_PER_RECIPIENT: Limit = a_day("warnings-recipient", 10, Quota::Daily);

/// Notices to one address of what happened to a vendor that named it and never proved it.
/// Requests of strangers are counted apart, so that none of them keeps these away.
pub const VENDOR_NOTICES_PER_RECIPIENT: Limit = a_day("vendor-notices", 10, Quota::Daily);

/// Notices of what an account's own sessions and proofs did to it.
pub const NOTICES_PER_ACCOUNT: Limit = a_day("notices-account", 50, Quota::Daily);

/// Notices that requests from one network bring about. Otherwise one attacker with
/// mailboxes of their own could use up in minutes what the installation sends in a day.
pub const NOTICES_PER_NETWORK: Limit = a_day("notices-network", 200, Quota::Network);

/// The first notices of an account in a day, which its network's count does not hold back.
/// Else an intruder uses that up with accounts of their own, and then changes a victim's
/// credentials unheard.
pub const FIRST_NOTICES: u32 = 5;

/// Notices that wait at one account. Later ones are lost, so that the first ones, which
/// say how it began, are sent.
pub const NOTICES_KEPT: usize = 50;

/// Of these, how many wait before one of a sign-in is lost: an attacker who signs in over
/// and over cannot crowd out the notices of what they do then.
pub const NETWORKS_KEPT: usize = 25;

/// Who may use how much of what the installation sends in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Requests from networks that no account involved knows: four fifths.
    Unknown,
    /// Notices to proven addresses: nine tenths. Every account holder can bring them
    /// about, so they leave some for the codes that users sign in with.
    Notices,
    /// Requests from networks that the account knows: all of it.
    Known,
}

impl Share {
    /// That much of `budget`.
    #[must_use]
    pub const fn of(self, budget: u32) -> u32 {
        match self {
            Self::Unknown => budget - budget / 5,
            Self::Notices => budget - budget / 10,
            Self::Known => budget,
        }
    }
}
