//! The parts of the key ring, and which of their versions seals.
//!
//! Each part is wrapped for itself, so a function can be given those that its operations
//! use and no other: code that runs where pictures are decoded can make no token, open no
//! refresh token and read no factor.
//!
//! A part's secret can be renewed. What was made with the one before says so, and is
//! good for as long as that version is kept.

use crate::factors::SETUP_LIFETIME;
use crate::rotation::LOOK_EVERY;
use crate::{UnixTime, email_change};

/// One of the parts of a key ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPart {
    /// What every function holds: the public keys, when everything was ended for the last
    /// time, and what rows are found by.
    Common,
    /// The private keys of tokens that any service may verify.
    Signing,
    /// What signs the tokens that only we read: refresh tokens and their kin.
    Refresh,
    /// What one-time codes in letters and texts are derived from.
    Codes,
    /// What seals authenticators' secrets and digests backup codes.
    Factors,
    /// What seals addresses, letters that wait, and the keys of accounts' histories.
    Personal,
    /// What seals profile pictures.
    Pictures,
    /// What a realtime server checks our tokens with, unless an operator sets a secret.
    Realtime,
}

impl KeyPart {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Common,
        Self::Signing,
        Self::Refresh,
        Self::Codes,
        Self::Factors,
        Self::Personal,
        Self::Pictures,
        Self::Realtime,
    ];

    /// What rows and operators call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Signing => "signing",
            Self::Refresh => "refresh",
            Self::Codes => "codes",
            Self::Factors => "factors",
            Self::Personal => "personal",
            Self::Pictures => "pictures",
            Self::Realtime => "realtime",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// What KMS, and the policies of the template, call the purpose of its data key.
    #[must_use]
    pub fn purpose(self) -> String {
        format!("postern-keys-{}", self.name())
    }

    /// Whether its secret can be renewed. Signing keys are rotated instead. What rows are
    /// found by stays: a row could not be found by a digest of another key, and the key
    /// alone opens and signs nothing.
    #[must_use]
    pub const fn is_renewable(self) -> bool {
        !matches!(self, Self::Common | Self::Signing)
    }

    /// Whether it seals what lives long, which has to be sealed anew before a version goes.
    #[must_use]
    pub const fn seals(self) -> bool {
        matches!(self, Self::Factors | Self::Personal | Self::Pictures)
    }

    /// Seconds for which a version is kept after a later one is used. Every function uses
    /// the later one by then, and what lives too short to be sealed anew is gone: the
    /// address in a letter about a change of addresses, the secret of an app that is being
    /// set up.
    #[must_use]
    pub const fn kept_for(self) -> u64 {
        match self {
            Self::Personal => email_change::OWN_LIFETIME + LOOK_EVERY,
            Self::Factors => SETUP_LIFETIME + LOOK_EVERY,
            _ => LOOK_EVERY,
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Some of the parts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyParts(u8);

impl KeyParts {
    /// All of them, as the command line holds them.
    pub const ALL: Self = Self(u8::MAX);

    /// These, and the one that every function holds.
    #[must_use]
    pub const fn of(parts: &[KeyPart]) -> Self {
        let mut bits = KeyPart::Common.bit();
        let mut rest = parts;
        while let [part, others @ ..] = rest {
            bits |= part.bit();
            rest = others;
        }
        Self(bits)
    }

    /// Whether `part` is among them.
    #[must_use]
    pub const fn holds(self, part: KeyPart) -> bool {
        self.0 & part.bit() != 0
    }

    /// Those that are among both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = KeyPart> {
        KeyPart::ALL
            .into_iter()
            .filter(move |part| self.holds(*part))
    }
}

impl std::fmt::Debug for KeyParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// From when on a new version of a part's secret is used, if it is made at `now`. By then
/// every function has looked at the ring and can read what was made with it.
#[must_use]
pub fn in_use_from(now: UnixTime) -> UnixTime {
    now.plus(2 * LOOK_EVERY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart_and_found_by_name() {
        for part in KeyPart::ALL {
            assert_eq!(KeyPart::named(part.name()), Some(part));
            let alone: Vec<KeyPart> = KeyParts::of(&[part]).iter().collect();
            match part {
                KeyPart::Common => assert_eq!(alone, [part]),
                _ => assert_eq!(alone, [KeyPart::Common, part]),
            }
        }
        assert_eq!(KeyParts::ALL.iter().count(), KeyPart::ALL.len());
        assert_eq!(KeyPart::named("ring"), None);
        let both = KeyParts::of(&[KeyPart::Codes]).and(KeyParts::of(&[KeyPart::Refresh]));
        assert_eq!(both, KeyParts::of(&[]));
    }
}
