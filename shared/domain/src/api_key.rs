//! The key by which a person's own programs call as that person.
//!
//! Each account has one at most: a random UUID, shown once when it is made and
//! known afterwards by its fingerprint. Whether a key is good is a question to
//! the account's own row, which names the fingerprint in force: one write there
//! makes a key and ends the one before it, and whatever ends an account or
//! its credentials ends its key with it.
//!
//! A key is a bearer: it does not prove that its owner is present. It never has more
//! rights than a user's, and it never changes what protects the account: factors,
//! addresses, or itself.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;

/// How much of a key a mask shows, at its start and at its end.
const SHOWN: usize = 6;
/// What stands for each character between.
const HIDDEN: char = '\u{2022}';
/// Characters between the ends of a key: 36 less twice [`SHOWN`].
const BETWEEN: usize = 24;

/// What is kept of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// A keyed digest of the key, which finds it and does not reveal it. Not a plain
    /// hash, since the mask leaves only 74 bits of a UUID secret.
    pub fingerprint: String,
    /// The first characters of the key.
    pub head: String,
    /// The last characters of the key.
    pub tail: String,
    /// When the account got its first key.
    pub created_at: UnixTime,
    /// When this one replaced another, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reissued_at: Option<UnixTime>,
    /// The account's epoch when it was made. Whatever ends the account's sessions, a new
    /// password or factor among them, ends the key: it may be an intruder's. `None` for
    /// keys of before this was kept, which end with their next replacement.
    #[serde(rename = "epoch", default, skip_serializing_if = "Option::is_none")]
    pub session_epoch: Option<u64>,
}

impl ApiKey {
    /// What is kept of the first key of an account.
    #[must_use]
    pub fn first(key: Uuid, fingerprint: String, session_epoch: u64, now: UnixTime) -> Self {
        let text = key.to_string();
        Self {
            fingerprint,
            head: text.chars().take(SHOWN).collect(),
            tail: text.chars().skip(SHOWN + BETWEEN).collect(),
            created_at: now,
            reissued_at: None,
            session_epoch: Some(session_epoch),
        }
    }

    /// What is kept of a key that its owner asked for, in place of `before`.
    #[must_use]
    pub fn reissued(
        key: Uuid,
        fingerprint: String,
        before: Option<&Self>,
        session_epoch: u64,
        now: UnixTime,
    ) -> Self {
        Self {
            created_at: before.map_or(now, |before| before.created_at),
            reissued_at: Some(now),
            ..Self::first(key, fingerprint, session_epoch, now)
        }
    }

    /// Whether it still opens an account of this epoch.
    #[must_use]
    pub fn is_of(&self, session_epoch: u64) -> bool {
        self.session_epoch.is_none_or(|own| own == session_epoch)
    }

    /// The key as its owner recognises it.
    #[must_use]
    pub fn mask(&self) -> String {
        let hidden: String = std::iter::repeat_n(HIDDEN, BETWEEN).collect();
        [self.head.as_str(), &hidden, &self.tail].concat()
    }
}

/// The key that a caller typed, or nothing if it cannot be one: then no table
/// needs to be asked.
#[must_use]
pub fn parse(typed: &str) -> Option<Uuid> {
    Uuid::parse_str(typed.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_six_characters_at_each_end() {
        let key = parse(" D0B45E78-1234-4678-9abc-def012345678\n").unwrap();
        let kept = ApiKey::first(key, String::new(), 3, UnixTime(7));
        assert_eq!(
            kept.mask(),
            format!("d0b45e{}345678", "\u{2022}".repeat(24))
        );
        assert_eq!(kept.mask().chars().count(), key.to_string().len());
        let next = ApiKey::reissued(key, String::new(), Some(&kept), 4, UnixTime(9));
        assert_eq!(
            (next.created_at, next.reissued_at),
            (UnixTime(7), Some(UnixTime(9)))
        );
        assert!(next.is_of(4) && !next.is_of(5) && !kept.is_of(4));
        let old = ApiKey {
            session_epoch: None,
            ..kept
        };
        assert!(old.is_of(1));
    }

    #[test]
    fn what_is_no_uuid_is_no_key() {
        for typed in ["", "key", "d0b45e78-1234-4678-9abc", "*"] {
            assert_eq!(parse(typed), None, "{typed}");
        }
    }
}
