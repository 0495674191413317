//! The versions of the secret of a part of the ring.
//!
//! What is made with one says so: a text by its first characters, a token by its `kid`, an
//! object by its first bytes. What says nothing was made with version 0, in a ring that
//! had no versions.

use domain::{Entropy, UnixTime};
use serde::{Deserialize, Serialize};

use crate::derive;
use crate::seal::{self, Secret};

/// One of them.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) number: u32,
    /// From when on it is used.
    from: UnixTime,
    pub(crate) secret: Secret,
    /// What seals, in a ring that had no versions; in all later ones it is derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealing: Option<Secret>,
}

impl Version {
    /// That of a ring which had none.
    pub(crate) const fn zero(secret: Secret, sealing: Option<Secret>) -> Self {
        Self {
            number: 0,
            from: UnixTime(0),
            secret,
            sealing,
        }
    }

    /// The key that seals.
    pub(crate) fn sealing(&self) -> Secret {
        let derived = || Secret::new(derive::derive(&self.secret, "sealing", &[]));
        self.sealing.clone().unwrap_or_else(derived)
    }

    /// The `kid` (RFC 7515 §4.1.4) of tokens that are signed with it.
    pub(crate) fn kid(&self) -> Option<String> {
        (self.number > 0).then(|| self.number.to_string())
    }

    /// `text`, saying that it was made with this version.
    pub(crate) fn mark(&self, text: &str) -> String {
        match self.number {
            0 => text.to_owned(),
            number => format!("{number}.{text}"),
        }
    }
}

/// The version that a token's `kid` names, if that is the name of one.
pub(crate) fn of_kid(kid: Option<&str>) -> Option<u32> {
    kid.map_or(Some(0), |kid| kid.parse().ok())
}

/// The version that a text says it was made with, and the text itself.
pub(crate) fn of_text(marked: &str) -> (u32, &str) {
    let number = |(number, text): (&str, _)| Some((number.parse().ok()?, text));
    marked
        .split_once('.')
        .and_then(number)
        .unwrap_or((0, marked))
}

/// The versions of one secret, the oldest first: at least one.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Versions(Vec<Version>);

impl Versions {
    /// The first version of a fresh ring.
    pub(crate) fn fresh(entropy: &dyn Entropy) -> Self {
        Self(Vec::new()).with_fresh(UnixTime(0), entropy)
    }

    pub(crate) fn of(version: Version) -> Self {
        Self(vec![version])
    }

    /// With one more, which is used from `from` on.
    pub(crate) fn with_fresh(mut self, from: UnixTime, entropy: &dyn Entropy) -> Self {
        let number = self.0.last().map_or(1, |last| last.number + 1);
        let secret = seal::fresh_secret(entropy);
        self.0.push(Version {
            number,
            from,
            secret,
            sealing: None,
        });
        self
    }

    /// Without the version `number`; `None` if there is none, or if no later one was in use
    /// already at `then`: something has to seal.
    pub(crate) fn without(&self, number: u32, then: UnixTime) -> Option<Self> {
        let in_use = self.in_use(then)?;
        let mut kept = self.0.clone();
        kept.retain(|version| version.number != number);
        (number < in_use.number && kept.len() < self.0.len()).then_some(Self(kept))
    }

    /// The one that is used at `now`: the latest whose time has come.
    pub(crate) fn in_use(&self, now: UnixTime) -> Option<&Version> {
        let begun = self.0.iter().rfind(|version| version.from <= now);
        begun.or(self.0.first())
    }

    pub(crate) fn named(&self, number: u32) -> Option<&Version> {
        self.0.iter().find(|version| version.number == number)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.0.iter()
    }

    /// Each version's number, and from when on it is used.
    pub(crate) fn listed(&self) -> Vec<(u32, UnixTime)> {
        let listed = self.0.iter().map(|version| (version.number, version.from));
        listed.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn a_version_is_used_when_its_time_has_come_and_kept_for_what_it_made() {
        let at = UnixTime;
        let one = Versions::fresh(&SystemEntropy);
        let two = one.with_fresh(at(100), &SystemEntropy);
        let in_use = |now| two.in_use(at(now)).map(|version| version.number);
        assert_eq!((in_use(99), in_use(100)), (Some(1), Some(2)));
        assert!(two.without(1, at(99)).is_none());
        assert!(two.without(2, at(100)).is_none() && two.without(3, at(100)).is_none());
        let left = two.without(1, at(100)).unwrap();
        assert!(left.named(1).is_none());
        let next = left.with_fresh(at(200), &SystemEntropy);
        assert_eq!(next.listed(), [(2, at(100)), (3, at(200))]);
    }

    #[test]
    fn what_was_made_says_with_which() {
        let version = Version::zero(Secret::new([1; 32]), None);
        assert_eq!(of_text(&version.mark("text")), (0, "text"));
        let version = Version {
            number: 12,
            ..version
        };
        assert_eq!(of_text(&version.mark("text")), (12, "text"));
        assert_eq!(of_kid(version.kid().as_deref()), Some(12));
        assert_eq!((of_kid(None), of_kid(Some("x"))), (Some(0), None));
    }
}
