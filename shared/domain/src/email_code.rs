//! Four-digit codes by e-mail, and the arithmetic of guessing them.
//!
//! The contract fixes four digits, so one guess is right once in 10,000. A code
//! lives ten minutes and a resend repeats it. What keeps guessing hopeless:
//!
//! - A code takes [`CodePolicy::max_tries`] tries (five). A resend renews none,
//!   and neither does a new code within ten minutes of the first failure or
//!   during the lock-out that the fifth one starts.
//! - From networks that an account never signed in from, it takes
//!   [`UNKNOWN_GUESSES_A_DAY`] (ten) wrong guesses in 24 hours: an attacker with
//!   endless addresses has 10 / 10,000, 0.1 % a day, on one account.
//! - One network takes [`crate::limit::GUESSES_PER_NETWORK`] (a hundred) a day over
//!   all accounts that do not know it: an attacker with one address opens one
//!   account in 10,000 / 100 = 100 days. What is under way at that moment may
//!   still pass: at most a minute's tries of one network, twenty.
//! - An attacker behind the same address as the owner (an office, a carrier's NAT)
//!   has [`KNOWN_GUESSES_A_DAY`] (twenty), 0.2 % a day on one account, and
//!   [`crate::limit::KNOWN_GUESSES_PER_NETWORK`] (two hundred) over all accounts
//!   that know the network: one account in 50 days.
//!
//! Networks that the account knows are counted apart, both for codes asked for and for
//! codes tried, so an attacker elsewhere cannot lock a user out by asking or guessing on
//! purpose. A user who signs up or travels while under attack shares the count of unknown
//! networks and may have to wait; an operator's unlock clears it. A right code does not
//! count as a guess: success gives its own count back and clears the tries of the code,
//! and nothing else, so that an owner who signs in every hour gives an attacker no extra
//! guesses.
//!
//! The digits are in no row. They are derived from the row's nonce with the
//! ring's pepper when they are sent and again when they are compared, so a dump
//! of the table holds nothing that could be tried. The row counts first and
//! compares after: N guesses at once are N numbered tries.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::limit::{Exceeded, GUESSES_PER_NETWORK, KNOWN_GUESSES_PER_NETWORK, Limit, Quota};
use crate::network::NetworkMark;
use crate::time::{DAY, HOUR, MINUTE};

/// How long a code by mail is good for, in seconds.
pub const LIFETIME: u64 = 10 * MINUTE;

/// Wrong guesses in 24 hours that an account takes from networks it does not know.
pub const UNKNOWN_GUESSES_A_DAY: u32 = 10;

/// Wrong guesses in 24 hours that an account takes from networks it knows.
pub const KNOWN_GUESSES_A_DAY: u32 = 20;

/// The wrong guess after which the person is told by mail.
pub const NOTICE_AT: u32 = 5;

/// The numbers that an operator may set, under the names of the contract's own
/// settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePolicy {
    /// Seconds for which a code is good.
    pub lifetime: u64,
    /// Seconds between two codes for one address.
    pub cooldown: u64,
    /// Codes for one address in an hour.
    pub hourly: u32,
    /// Codes for one address in a day.
    pub daily: u32,
    /// Tries that a code takes per kind of network.
    pub max_tries: u32,
    /// Seconds for which a used-up count stays shut; never less than `lifetime`,
    /// or a code could outlive the lock that its own failures started.
    pub lockout: u64,
}

/// Which of an address's two counts a guess falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkKind {
    /// From a network that the account signed in from before.
    Known,
    /// From anywhere else.
    Unknown,
}

/// Both kinds, known networks first.
pub const NETWORK_KINDS: [NetworkKind; 2] = [NetworkKind::Known, NetworkKind::Unknown];

impl NetworkKind {
    /// The wrong guesses in 24 hours that an account takes from this kind of network.
    #[must_use]
    pub const fn guesses_a_day(self) -> u32 {
        match self {
            Self::Known => KNOWN_GUESSES_A_DAY,
            Self::Unknown => UNKNOWN_GUESSES_A_DAY,
        }
    }

    /// What one network takes in 24 hours from this kind of network, over all accounts.
    #[must_use]
    pub const fn limit_per_network(self) -> Limit {
        match self {
            Self::Known => KNOWN_GUESSES_PER_NETWORK,
            Self::Unknown => GUESSES_PER_NETWORK,
        }
    }
}

/// What came from one kind of network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// When a code was last sent, if one ever was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<UnixTime>,
    /// Codes sent in the current hour.
    pub hour: Window,
    /// Codes sent in the current day.
    pub day: Window,
    /// Tries of the current code.
    pub tries: u32,
    /// The first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<UnixTime>,
    /// The last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<UnixTime>,
    /// Wrong guesses in the current day, of any code.
    pub guesses: Window,
}

impl Attempts {
    /// The count with tries renewed where a request for a code finds them so: once
    /// their window and their lock are over. Not while a code that was tried is kept,
    /// which ends at `kept_until`: the window may have begun with the code before it,
    /// and no code is tried more often than a code may be.
    fn renewed(self, now: UnixTime, kept_until: Option<UnixTime>, policy: &CodePolicy) -> Self {
        let guesses = self.guesses.at(now, DAY);
        let window_over = self
            .since
            .is_none_or(|since| since.plus(policy.lifetime) <= now);
        let locked = self.tries >= policy.max_tries
            && self
                .last
                .is_some_and(|last| last.plus(policy.lockout) > now);
        let tried = kept_until.is_some_and(|end| {
            self.last
                .is_some_and(|last| last.plus(policy.lifetime) >= end)
        });
        if window_over && !locked && !tried {
            return Self {
                tries: 0,
                since: None,
                last: None,
                guesses,
                ..self
            };
        }
        Self { guesses, ..self }
    }

    /// The count with one more code sent through it.
    fn sending(self, now: UnixTime, policy: &CodePolicy) -> Result<Self, Exceeded> {
        let free_at = self
            .sent_at
            .map_or(now, |sent_at| sent_at.plus(policy.cooldown));
        if free_at > now {
            let retry_after = free_at.seconds_since(now).max(1);
            return Err(Exceeded {
                quota: Quota::Cooldown,
                retry_after,
            });
        }
        let hour = self.hour.hit(now, HOUR, policy.hourly, Quota::Hourly)?;
        let day = self.day.hit(now, DAY, policy.daily, Quota::Daily)?;
        Ok(Self {
            sent_at: Some(now),
            hour,
            day,
            ..self
        })
    }
}

/// A window with a count, starting at its first hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// When it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<UnixTime>,
    /// Hits in it. A hit is given back only to the window that it was counted in.
    pub count: u32,
}

impl Window {
    /// This window if it is still open at `now`, else a fresh one.
    fn at(self, now: UnixTime, length: u64) -> Self {
        match self.since {
            Some(since) if since.plus(length) > now => self,
            _ => Self::default(),
        }
    }

    /// One more hit, or how long until one is free.
    fn hit(self, now: UnixTime, length: u64, budget: u32, quota: Quota) -> Result<Self, Exceeded> {
        let open = self.at(now, length);
        let since = open.since.unwrap_or(now);
        if open.count >= budget {
            let retry_after = since.plus(length).seconds_since(now).max(1);
            return Err(Exceeded { quota, retry_after });
        }
        Ok(Self {
            since: Some(since),
            count: open.count.saturating_add(1),
        })
    }
}

/// The row of an address: its current code, and everything counted about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeLedger {
    /// Counts writes, guesses included, so that a request for a code never
    /// overwrites a guess that was counted meanwhile.
    pub rev: u64,
    /// The request that wrote the row. One whose answer was lost knows its own
    /// writing by it.
    pub written_by: String,
    /// What the digits are derived from; gone once the code is spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The end of the code's life.
    pub expires_at: UnixTime,
    /// The account that held the address when the code was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<Uuid>,
    /// The networks which that account knew then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<NetworkMark>,
    /// Host of the site through which the code was asked for, without `www.`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What came from known networks.
    pub known: Attempts,
    /// What came from elsewhere.
    #[serde(rename = "strange")]
    pub unknown: Attempts,
}

/// What a request for a code knows when it asks.
#[derive(Clone, Debug)]
pub struct CodeRequest {
    /// The instant of the request.
    pub now: UnixTime,
    /// A fresh nonce: the request's name, and the code's if a new one is due.
    pub nonce: String,
    /// Where the request comes from, as the holder of the address remembers it.
    pub network: NetworkMark,
    /// The account that holds the address, if any.
    pub sub: Option<Uuid>,
    /// The networks which that account knows.
    pub networks: Vec<NetworkMark>,
    /// Host of the site through which it asks.
    pub source: String,
}

impl CodeLedger {
    /// The row after one more code was asked for: the same code while it is good
    /// and its account the same, else a new one.
    ///
    /// # Errors
    /// [`Exceeded`] while the cooldown, the hour's or the day's quota holds.
    pub fn request(
        before: Option<&Self>,
        asked: CodeRequest,
        policy: &CodePolicy,
    ) -> Result<Self, Exceeded> {
        let now = asked.now;
        let live = before.filter(|row| row.expires_at > now && row.sub == asked.sub);
        let kept = live.and_then(|row| Some((row.nonce.clone()?, row.expires_at)));
        let kept_until = kept.as_ref().map(|(_, end)| *end);
        let (nonce, expires_at) =
            kept.unwrap_or_else(|| (asked.nonce.clone(), now.plus(policy.lifetime)));
        let attempts = |pick: fn(&Self) -> Attempts| {
            let attempts = before.map(pick).unwrap_or_default();
            attempts.renewed(now, kept_until, policy)
        };
        let mut row = Self {
            rev: before.map_or(1, |row| row.rev + 1),
            written_by: asked.nonce,
            nonce: Some(nonce),
            expires_at,
            sub: asked.sub,
            networks: asked.networks,
            source: asked.source,
            known: attempts(|row| row.known),
            unknown: attempts(|row| row.unknown),
        };
        let attempts = match row.network_kind_of(&asked.network, asked.sub) {
            NetworkKind::Known => &mut row.known,
            NetworkKind::Unknown => &mut row.unknown,
        };
        *attempts = attempts.sending(now, policy)?;
        Ok(row)
    }

    /// The row after a message with a code of another kind went to the number: it counts as
    /// one with the row's own code does, which stays as it is.
    ///
    /// # Errors
    /// As [`CodeLedger::request`].
    pub fn message(
        before: Option<&Self>,
        asked: CodeRequest,
        policy: &CodePolicy,
    ) -> Result<Self, Exceeded> {
        let live = before.filter(|row| row.expires_at > asked.now && row.sub == asked.sub);
        let nonce = live.and_then(|row| row.nonce.clone());
        let source = live.map(|row| row.source.clone()).unwrap_or_default();
        let row = Self::request(before, asked, policy)?;
        Ok(Self {
            nonce,
            source,
            ..row
        })
    }

    /// The row when the code could not be sent after all: as `before` in all
    /// that limits the next request, so that a failure of ours costs the person
    /// nothing. Guesses stay counted.
    #[must_use]
    pub fn unsent(&self, before: Option<&Self>) -> Self {
        let undo = |attempts: Attempts, before: Attempts| Attempts {
            sent_at: before.sent_at,
            hour: before.hour,
            day: before.day,
            ..attempts
        };
        Self {
            rev: self.rev + 1,
            known: undo(self.known, before.map(|row| row.known).unwrap_or_default()),
            unknown: undo(
                self.unknown,
                before.map(|row| row.unknown).unwrap_or_default(),
            ),
            ..self.clone()
        }
    }

    /// The kind of network of a guess from `network`, when `sub` holds the address now. A
    /// claim that changed hands since the code was asked for knows no network.
    #[must_use]
    pub fn network_kind_of(&self, network: &NetworkMark, sub: Option<Uuid>) -> NetworkKind {
        if self.sub == sub && self.networks.contains(network) {
            NetworkKind::Known
        } else {
            NetworkKind::Unknown
        }
    }

    /// Whether `nonce` still names a code that is good at `now`.
    #[must_use]
    pub fn is_good(&self, nonce: &str, now: UnixTime) -> bool {
        self.nonce.as_deref() == Some(nonce) && self.expires_at > now
    }

    /// Whether the guess that was just counted in `network_kind`, and was wrong, is the
    /// one after which the person is told.
    #[must_use]
    pub fn deserves_notice(&self, network_kind: NetworkKind, policy: &CodePolicy) -> bool {
        let attempts = match network_kind {
            NetworkKind::Known => &self.known,
            NetworkKind::Unknown => &self.unknown,
        };
        attempts.tries == NOTICE_AT.min(policy.max_tries) || attempts.guesses.count == NOTICE_AT
    }

    /// When nothing in the row matters any more: a day's windows opened no later
    /// than its last writing, and no lock outlasts a day.
    #[must_use]
    pub fn useless_at(&self) -> UnixTime {
        let sent = [self.known.sent_at, self.unknown.sent_at]
            .into_iter()
            .flatten();
        sent.fold(self.expires_at, UnixTime::max).plus(2 * DAY)
    }
}

#[cfg(test)]
mod tests;
