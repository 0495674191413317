//! What an account's programs act as, and the keys by which they do.
//!
//! An account has *identities*: names under which its agents appear (Ravi). Their
//! address is the account's own, because only that is proven. A *management key*
//! (`ravi_mgmt_…`) stands for the whole account, an *identity key* (`ravi_id_…`)
//! for one identity. A key is 256 random bits, shown once and kept as a keyed
//! digest; people tell theirs apart by the first characters.
//!
//! A key is bound to the account's epoch, as sessions are: a lock, a deletion, a
//! password reset or the first proof of the address ends it, and no flow has to find it.
//!
//! All of an account's identities and keys are one row, the [`KeySet`], edited by
//! revision: small, read whole, and never searched for.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;

/// Identities that an account may have: they share one row.
pub const MAX_IDENTITIES: usize = 100;
/// Keys that an account may have. One more takes the place of the oldest. Ending
/// them all and making others fits one transaction of DynamoDB's, a hundred writes.
pub const MAX_KEYS: usize = 50;
/// The longest name of an identity, and the longest label of a key.
pub const NAME_LENGTH: usize = 100;

/// Characters of a key that its owner recognises it by, beyond its type.
const SHOWN: usize = 6;
/// Characters of a key's secret part: 256 bits in base64url.
const SECRET_LENGTH: usize = 43;

/// Whom a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "identity")]
pub enum Scope {
    /// The whole account.
    Management,
    /// One identity.
    Identity(Uuid),
}

impl Scope {
    /// What a key of this scope begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Management => "ravi_mgmt_",
            Self::Identity(_) => "ravi_id_",
        }
    }

    /// The key whose secret part is `secret`.
    #[must_use]
    pub fn key(self, secret: &str) -> String {
        [self.prefix(), secret].concat()
    }

    /// As much of `key` as may be shown again.
    #[must_use]
    pub fn shown(self, key: &str) -> String {
        key.chars().take(self.prefix().len() + SHOWN).collect()
    }
}

/// Whether a text may be a key. The table is asked only if it may.
#[must_use]
pub fn looks_like_a_key(typed: &str) -> bool {
    let prefixes = [Scope::Management, Scope::Identity(Uuid::nil())].map(Scope::prefix);
    let secret = prefixes
        .into_iter()
        .find_map(|prefix| typed.strip_prefix(prefix));
    secret.is_some_and(|secret| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        secret.len() == SECRET_LENGTH && secret.bytes().all(plain)
    })
}

/// A name that an agent acts as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its name for ever.
    pub id: Uuid,
    /// What people call it, at most [`NAME_LENGTH`] characters.
    pub name: String,
    /// When it came to be.
    pub created_at: UnixTime,
}

/// What is kept of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentKey {
    /// Its name, by which it is revoked.
    pub id: Uuid,
    /// Whose it is.
    pub sub: Uuid,
    /// The account's epoch when it was made.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// Whom it stands for.
    pub scope: Scope,
    /// A keyed digest of it, which finds it and does not reveal it.
    pub fingerprint: String,
    /// Its first characters.
    pub shown: String,
    /// What it is for, in its maker's words.
    pub label: String,
    /// When it was made.
    pub created_at: UnixTime,
}

/// The identities of an account and the keys of its programs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySet {
    /// Counts edits; zero before the first.
    pub rev: u64,
    /// The identities, oldest first.
    pub identities: Vec<Identity>,
    /// The keys, oldest first.
    pub keys: Vec<AgentKey>,
}

impl KeySet {
    /// The set with its first identity, if it was never edited before.
    #[must_use]
    pub fn begun(self, first: impl FnOnce() -> Identity) -> Self {
        if self.rev > 0 {
            return self;
        }
        Self {
            identities: vec![first()],
            ..self
        }
    }

    /// The identity of this name.
    #[must_use]
    pub fn identity(&self, id: Uuid) -> Option<&Identity> {
        self.identities.iter().find(|identity| identity.id == id)
    }

    /// The set with one more key, and the keys that were dropped for it: those that
    /// another epoch ended, and then the oldest while there are too many.
    #[must_use]
    pub fn with_key(mut self, key: AgentKey) -> (Self, Vec<AgentKey>) {
        let session_epoch = key.session_epoch;
        let (kept, mut dropped): (Vec<_>, Vec<_>) = self
            .keys
            .into_iter()
            .partition(|kept| kept.session_epoch == session_epoch);
        let mut kept = kept.into_iter();
        while kept.len() >= MAX_KEYS {
            dropped.extend(kept.next());
        }
        self.keys = kept.chain([key]).collect();
        (self, dropped)
    }

    /// The set without the key `id`, and that key.
    #[must_use]
    pub fn without_key(mut self, id: Uuid) -> Option<(Self, AgentKey)> {
        let place = self.keys.iter().position(|key| key.id == id)?;
        let key = self.keys.remove(place);
        Some((self, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u128, session_epoch: u64) -> AgentKey {
        AgentKey {
            id: Uuid::from_u128(n),
            sub: Uuid::nil(),
            session_epoch,
            scope: Scope::Management,
            fingerprint: String::new(),
            shown: String::new(),
            label: String::new(),
            created_at: UnixTime(0),
        }
    }

    #[test]
    fn a_key_tells_its_scope_and_little_else() {
        let secret = "A".repeat(43);
        let whole = Scope::Management.key(&secret);
        assert_eq!(Scope::Management.shown(&whole), "ravi_mgmt_AAAAAA");
        assert!(looks_like_a_key(&whole));
        assert!(looks_like_a_key(&Scope::Identity(Uuid::nil()).key(&secret)));
        for typed in [
            "",
            "ravi_mgmt_",
            "ravi_id_short",
            &format!("x{whole}"),
            &format!("{whole}A"),
        ] {
            assert!(!looks_like_a_key(typed), "{typed}");
        }
    }

    #[test]
    fn keys_of_another_epoch_go_first_and_then_the_oldest() {
        let mut key_set = KeySet::default();
        for n in 0..MAX_KEYS {
            key_set = key_set.with_key(key(n as u128, 1)).0;
        }
        let (key_set, dropped) = key_set.with_key(key(1000, 1));
        assert_eq!((key_set.keys.len(), dropped[0].id), (MAX_KEYS, Uuid::nil()));
        let (key_set, dropped) = key_set.with_key(key(1001, 2));
        assert_eq!((key_set.keys.len(), dropped.len()), (1, MAX_KEYS));
        assert!(key_set.clone().without_key(Uuid::from_u128(1)).is_none());
        assert_eq!(
            key_set.without_key(Uuid::from_u128(1001)).unwrap().0.keys,
            []
        );
    }

    #[test]
    fn only_a_roster_that_never_was_begins() {
        let first = || Identity {
            id: Uuid::nil(),
            name: "ada".into(),
            created_at: UnixTime(0),
        };
        let begun = KeySet::default().begun(first);
        assert_eq!(begun.identities.len(), 1);
        let emptied = KeySet {
            rev: 4,
            ..KeySet::default()
        };
        assert!(emptied.begun(first).identities.is_empty());
        assert!(begun.identity(Uuid::nil()).is_some());
    }
}
