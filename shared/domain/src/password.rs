//! Passwords: which will do, and which are forgotten.
//!
//! The rules are those of NIST SP 800-63B-4 §3.1.1 and OWASP ASVS 6.2: at least
//! eight characters, at most 128, any composition, the whole of it verified, none
//! that must be changed because time has passed. What makes a password weak is
//! that it is guessed early, so these are refused, each with its reason:
//!
//! - the common ones ([`common`]), however capitalised;
//! - those that are known from breaches, where the operator lets us ask
//!   (`flows`: the k-anonymity range service of Pwned Passwords);
//! - those that are little more than what is public about the account: its
//!   address, its name, the name of the service. Such words count for nothing, and
//!   what is left must be long enough by itself;
//! - the account's own former ones, when a leaked one is likely why it changes.
//!
//! **Unicode.** One text can be typed as different bytes: ö is one code point on
//! one keyboard and two on another. NIST asks for the compatibility form (NFKC),
//! ASVS 6.2.8 for the password exactly as received. Passwords are brought into the
//! canonical form (NFC), which is what RFC 8265 §4.2 prescribes for them: texts
//! that become equal by it were the same text before, so nothing that a person
//! chose is changed, and what NFKC would add (² becomes 2) is a change. Length is
//! counted after it, in code points.

pub mod common;
pub mod generated;
pub mod guesses;
pub mod reset;
pub mod reset_code;

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{ProblemKind, UnixTime};

/// The fewest characters of a password (ASVS 6.2.1).
pub const SHORTEST: usize = 8;

/// The most characters of a new password. ASVS 6.2.9 asks for 64; the limit is
/// there so that no password manager makes one that another client cuts short.
pub const LONGEST: usize = 128;

/// Former passwords that an account may not go back to.
pub const REMEMBERED: usize = 5;

/// Words of the account shorter than this stand in passwords by chance.
const SHORTEST_WORD: usize = 4;

/// A password as a user typed it, in canonical form. Wiped when dropped, and
/// never printed.
///
/// It also keeps the bytes that were typed, where they differ: other systems hashed
/// passwords as they came, and only those bytes match their hashes.
#[derive(Clone)]
pub struct Password {
    canonical: Zeroizing<String>,
    typed: Option<Zeroizing<String>>,
}

/// One text in two spellings is one password.
impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Password {}

impl Password {
    /// What was typed, whole: white space at its ends is part of it.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let canonical = ComposingNormalizerBorrowed::new_nfc().normalize(text);
        let canonical = Zeroizing::new(canonical.into_owned());
        let differs = canonical.as_str() != text;
        Self {
            typed: differs.then(|| Zeroizing::new(text.to_owned())),
            canonical,
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.canonical
    }

    /// The bytes that are hashed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.canonical.as_bytes()
    }

    /// The bytes that another system may have hashed: those that were typed, then
    /// the canonical ones if they differ.
    pub fn spellings(&self) -> impl Iterator<Item = &[u8]> {
        let typed = self.typed.as_ref().map(|typed| typed.as_bytes());
        typed.into_iter().chain([self.as_bytes()])
    }

    /// What is wrong with it as a new password of any account.
    #[must_use]
    pub fn weakness(&self) -> Option<ProblemKind> {
        let length = self.canonical.chars().count();
        if length < SHORTEST {
            return Some(ProblemKind::TooShort { min: SHORTEST });
        }
        if length > LONGEST {
            return Some(ProblemKind::TooLong { max: LONGEST });
        }
        common::is_common(&self.canonical).then_some(ProblemKind::CommonPassword)
    }

    /// Whether it is little more than `words`, which are public about the account.
    #[must_use]
    pub fn is_made_of<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        let mut parts: Vec<String> = words.into_iter().flat_map(parts).collect();
        // The longest first: if a shorter one inside it went first, its rest would count.
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        let mut left = self.canonical.to_lowercase();
        let before = left.len();
        for part in &parts {
            left = left.replace(part.as_str(), "");
        }
        left.len() < before && left.chars().count() < SHORTEST
    }
}

/// A word and its parts (`ada.lovelace@example.com`: that, `lovelace`, `example`),
/// in lower case, as far as they are long enough to be meant.
fn parts(word: &str) -> Vec<String> {
    let whole = word.to_lowercase();
    let pieces = whole.split(|c: char| !c.is_alphanumeric());
    let mut parts: Vec<String> = pieces
        .chain([whole.as_str()])
        .filter(|part| part.chars().count() >= SHORTEST_WORD)
        .map(str::to_owned)
        .collect();
    parts.sort();
    parts.dedup();
    parts
}

/// Debug output ends up in logs and panics, where no password belongs.
impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What is kept of an account's password: a row of its own, so that the row which
/// every request reads holds no hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordCredential {
    /// Counts writes of the row.
    pub rev: u64,
    /// The hash with its parameters: a PHC string, or an imported form.
    pub hash: String,
    /// When it was chosen.
    pub changed_at: UnixTime,
    /// Hashes of former ones, latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
}

impl PasswordCredential {
    /// The credential of an account that had none, or whose former one is not to
    /// be remembered because another person set it.
    #[must_use]
    pub fn first(hash: String, now: UnixTime) -> Self {
        Self {
            rev: 1,
            hash,
            changed_at: now,
            history: Vec::new(),
        }
    }

    /// With another password chosen. The one before goes into the history, which holds
    /// `remembered` of them, and never fewer than [`REMEMBERED`].
    #[must_use]
    pub fn changed(&self, hash: String, remembered: usize, now: UnixTime) -> Self {
        let former = std::iter::once(&self.hash).chain(&self.history);
        Self {
            rev: self.rev + 1,
            hash,
            changed_at: now,
            history: former.take(remembered.max(REMEMBERED)).cloned().collect(),
        }
    }

    /// The credential that replaces `before`, which goes into the history if it was
    /// the account's `own` and not a stranger's.
    #[must_use]
    pub fn replacing(
        before: Option<&Self>,
        own: bool,
        hash: String,
        remembered: usize,
        now: UnixTime,
    ) -> Self {
        match before {
            Some(before) if own => before.changed(hash, remembered, now),
            before => Self {
                rev: before.map_or(0, |before| before.rev) + 1,
                ..Self::first(hash, now)
            },
        }
    }

    /// With the same password hashed anew, as stronger parameters want it.
    #[must_use]
    pub fn rehashed(&self, hash: String) -> Self {
        Self {
            rev: self.rev + 1,
            hash,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests;
