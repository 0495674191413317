//! Device authorization (RFC 8628): a device without a keyboard asks, a user approves on
//! a page, and the device gets in.
//!
//! A grant begins with two codes. The *device code* is 256 random bits, stays on
//! the device and is kept as its digest. The *user code* is for people: eight of
//! the twenty consonants that RFC 8628 §6.1 proposes. There are no digits that a
//! letter could be taken for, and no vowels, so it never spells a word. It is read
//! in either case, with or without its dash, and an 8 as the B that it must have
//! been. No row holds either code.
//!
//! ```text
//!            ┌─ deny ────▶ Denied
//! Pending ───┤
//!            └─ approve ─▶ Approved ── exchange ─▶ Spent
//! ```
//!
//! Each arrow is one conditional write, and none starts after [`LIFETIME`].
//!
//! **Guessing a user code** (RFC 8628 §5.1) lets an attacker answer for another person's
//! device; it opens no account. There are 20^8 = 2.56 · 10^10 codes. Only a signed-in
//! user may try one, and a wrong one counts against the account
//! ([`crate::limit::USER_CODES_PER_ACCOUNT`], 10 an hour) and against the network
//! ([`crate::limit::USER_CODES_PER_NETWORK`], 50 an hour). An account whose
//! network is used up has [`crate::limit::OWN_USER_CODES_PER_ACCOUNT`] (3 an hour)
//! to itself, so that a guesser does not lock out users behind the same address. An
//! address makes at most 500 accounts a day, so on the first day it guesses at most
//! 24 · (50 + 500 · 3) = 37,200 times, and as many more on each day after: with a
//! thousand grants pending at every moment it meets one of them after 2.56 · 10^7
//! guesses, 37 days. A right code gives its count back.
//!
//! **Remote phishing** (§5.4) is an attacker who sends a user the link to a grant of the
//! attacker's own. The page counters it: the code must be typed from the device even when
//! it came in the link, and the page shows what asks, how long ago, and from which
//! address, with a warning when that is not the user's own. Approving requires a sign-in
//! of the last ten minutes.
//!
//! **Polling** too fast is answered `slow_down` and adds [`SLOW_DOWN`] to the
//! interval (§3.5). Ravi's own client does not know that answer and gives up, so it
//! is kept for polls that clearly follow one another faster than the interval:
//! instants are whole seconds, and [`TOLERANCE`] allows for that. A poll that waits
//! ([`WAIT`]) slows itself down.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::account::User;
use crate::client::Client;
use crate::network::NetworkMark;
use crate::paste::pasted;
use crate::session::Moment;
use crate::sign_in::Amr;
use crate::time::MINUTE;

/// Seconds for which a grant can be approved and exchanged.
pub const LIFETIME: u64 = 10 * MINUTE;
/// Seconds between two polls, as a grant begins.
pub const INTERVAL: u64 = 5;
/// Seconds that `slow_down` adds to the interval (RFC 8628 §3.5).
pub const SLOW_DOWN: u64 = 5;
/// Seconds by which a poll may come early.
pub const TOLERANCE: u64 = 1;
/// Seconds for which a poll may wait: API Gateway ends a request at 30.
pub const WAIT: u64 = 25;
/// Seconds between two looks at a grant that a poll waits for. They add up to
/// [`WAIT`]; the first ones are short, because most people are already typing.
pub const LOOKS: [u64; 8] = [1, 2, 2, 3, 3, 4, 5, 5];

/// The letters of user codes.
const ALPHABET: [char; 20] = [
    'B', 'C', 'D', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X',
    'Z',
];
/// Letters of a user code.
const LENGTH: usize = 8;

/// What a person types to name a grant.
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// A code made of random bytes, or `None` where too many of them would favour
    /// some letters; then ask with others.
    #[must_use]
    pub fn coin(random: [u8; 16]) -> Option<Self> {
        let fair = u8::try_from(ALPHABET.len() * 12).ok()?;
        let letters: String = random
            .into_iter()
            .filter(|byte| *byte < fair)
            .filter_map(|byte| ALPHABET.get(usize::from(byte) % ALPHABET.len()))
            .take(LENGTH)
            .collect();
        (letters.len() == LENGTH).then_some(Self(letters))
    }

    /// Reads a code as a person types or pastes it: in either case, with anything
    /// that is no letter and no digit anywhere, and with digits for the letters that
    /// they look like.
    /// `None` if it cannot be one.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut letters = String::with_capacity(LENGTH);
        for c in pasted(typed).chars() {
            let c = meant(c.to_ascii_uppercase());
            if letters.len() == LENGTH || !ALPHABET.contains(&c) {
                return None;
            }
            letters.push(c);
        }
        (letters.len() == LENGTH).then_some(Self(letters))
    }

    /// The letters alone, by which a grant is found.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }
}

/// The letter that a digit was taken for: user codes hold no digits.
const fn meant(c: char) -> char {
    match c {
        '2' => 'Z',
        '5' => 'S',
        '6' => 'G',
        '8' => 'B',
        c => c,
    }
}

/// As it is shown: `WDJB-MJHT`.
impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(LENGTH / 2) {
            Some((head, tail)) => write!(f, "{head}-{tail}"),
            None => f.write_str(&self.0),
        }
    }
}

/// Debug output ends up in logs, where no code belongs.
impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(…)")
    }
}

/// Who approved, and how they had proven their identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The account.
    pub sub: Uuid,
    /// Its epoch: whatever ends its sessions ends the approval.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// How the identity was proven.
    pub amr: Vec<Amr>,
    /// When it was proven.
    pub auth_time: UnixTime,
}

/// What became of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not decided yet.
    Pending,
    /// A user let it in.
    Approved,
    /// A user refused it.
    Denied,
    /// It was exchanged.
    Spent,
}

/// A grant, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The digest of the device code.
    pub id: String,
    /// The registered client that asked; `None` for Ravi's own programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Where from and by what program, sealed.
    pub requester: String,
    /// The network it was asked from, as a keyed digest: approver and device are often on
    /// the same one, and the page says when they are not.
    pub network: NetworkMark,
    /// When it was asked.
    pub created_at: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
    /// What became of it.
    pub state: State,
    /// Who approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// Seconds that must lie between two polls.
    pub interval: u64,
    /// The last poll that did not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polled_at: Option<UnixTime>,
}

/// What a caller who shows the device code gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'g> {
    /// Nothing yet.
    Pending,
    /// What the approval buys, once.
    Approved(&'g Approval),
    /// Nothing, ever.
    Denied,
    /// Nothing more: too late, or exchanged before.
    Over,
}

impl Grant {
    /// What the grant is worth at `now`. A refusal is reported for as long as the grant
    /// lives; after that the grant is over like any other.
    #[must_use]
    pub fn standing(&self, now: UnixTime) -> Standing<'_> {
        if self.expires_at <= now {
            return Standing::Over;
        }
        match (self.state, &self.approval) {
            (State::Pending, _) => Standing::Pending,
            (State::Approved, Some(approval)) => Standing::Approved(approval),
            (State::Denied, _) => Standing::Denied,
            (State::Approved | State::Spent, _) => Standing::Over,
        }
    }

    /// Whether a poll at `now` clearly follows the last one faster than the
    /// interval. The first may be immediate.
    #[must_use]
    pub fn is_hurried(&self, now: UnixTime) -> bool {
        self.polled_at
            .is_some_and(|last| now.seconds_since(last) + TOLERANCE < self.interval)
    }

    /// Whether the client that polls is the one that asked, and not one that took the
    /// name of a removed one since; `None` is one of Ravi's own programs.
    #[must_use]
    pub fn is_polled_by(&self, client: Option<&Client>) -> bool {
        match (&self.client, client) {
            (None, None) => true,
            (Some(asked), Some(client)) => {
                *asked == client.id && client.created_at <= self.created_at
            }
            _ => false,
        }
    }

    /// Seconds until it ends.
    #[must_use]
    pub fn seconds_left(&self, now: UnixTime) -> u64 {
        self.expires_at.seconds_since(now)
    }
}

impl Approval {
    /// Whether it still holds for `user`, the account as it is now.
    #[must_use]
    pub fn holds(&self, user: &User, at: Moment) -> bool {
        user.is_active()
            && user.session_epoch == self.session_epoch
            && !at.has_ended(self.auth_time)
    }
}

#[cfg(test)]
mod tests;
