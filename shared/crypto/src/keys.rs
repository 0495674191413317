//! The signing keys of a ring, in the order in which they sign: retired ones,
//! the one in force, and the one that waits for its time.
//!
//! `domain::rotation` says which is which at an instant.

use std::collections::BTreeMap;

use domain::UnixTime;
use domain::rotation::{in_force, is_published};

use crate::CryptoError;
use crate::signing::{PrivateHalf, PublishedKey};
use crate::token::{Checker, Signer};

/// Signing keys, parsed once, and how far back what they signed is good.
pub(crate) struct Keys {
    keys: Vec<Key>,
    pub(crate) not_before: UnixTime,
}

/// A signing key, ready for use.
pub(crate) struct Key {
    pub(crate) published: PublishedKey,
    pub(crate) checker: Checker,
    /// Only in functions that make tokens.
    pub(crate) signer: Option<Signer>,
}

impl Keys {
    /// # Errors
    /// [`CryptoError::Ring`] if there is none, or one cannot be read.
    pub(crate) fn parse(
        mut published: Vec<PublishedKey>,
        private: Option<&BTreeMap<String, PrivateHalf>>,
        not_before: UnixTime,
    ) -> Result<Self, CryptoError> {
        published.sort_by_key(PublishedKey::start);
        let key = |published: PublishedKey| {
            let half = private.and_then(|private| private.get(&published.kid));
            Ok(Key {
                signer: half.map(|half| Signer::new(&published, half)).transpose()?,
                checker: Checker::new(&published)?,
                published,
            })
        };
        let keys: Vec<Key> = published.into_iter().map(key).collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(CryptoError::Ring);
        }
        Ok(Self { keys, not_before })
    }

    /// When each begins to sign.
    pub(crate) fn starts(&self) -> Vec<UnixTime> {
        self.keys.iter().map(|key| key.published.start()).collect()
    }

    /// The key that signs at `now`.
    pub(crate) fn in_force(&self, now: UnixTime) -> Option<&Key> {
        self.keys.get(in_force(&self.starts(), now))
    }

    /// The keys that may be verified with at `now`, the one to come among them.
    pub(crate) fn published(&self, now: UnixTime) -> impl Iterator<Item = &Key> {
        let successors = self.keys.iter().skip(1);
        let successors = successors.map(|key| Some(key.published.start()));
        self.keys
            .iter()
            .zip(successors.chain([None]))
            .filter(move |(_, successor)| is_published(*successor, now))
            .map(|(key, _)| key)
    }

    /// The published key of that name.
    pub(crate) fn named(&self, kid: &str, now: UnixTime) -> Option<&Key> {
        self.published(now).find(|key| key.published.kid == kid)
    }
}
