//! The key by which a third party's program calls us as itself: an API key of a service
//! (cashless: of an event's client).
//!
//! ```text
//! postern_sk_4503599627370496_q3…Zw
//! ╰─ prefix ─╯╰── key id ────╯ ╰ 256 random bits, base64url ╯
//! ```
//!
//! The prefix lets secret scanners find one that was committed by mistake. The id
//! is public, names the key when it is revoked, and finds its row: one read,
//! for a key that is good as for one that is not. Of the secret only the SHA-256
//! is kept, which is enough for 256 random bits: there is nothing to guess.
//!
//! A key belongs to the installation and not to the administrator who made it:
//! what a service may do does not end with an administrator's employment.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;

/// What every key begins with.
pub const PREFIX: &str = "postern_sk_";

/// Characters of 256 bits in base64url.
const SECRET_LENGTH: usize = 43;

/// The scope that lets a service introspect tokens (RFC 7662 §2.1).
pub const INTROSPECT: &str = "introspect";

/// Scopes of one key at most.
pub const MAX_SCOPES: usize = 32;

/// Characters of one scope at most.
pub const MAX_SCOPE_LENGTH: usize = 64;

/// Characters of a name at most (cashless).
pub const MAX_NAME_LENGTH: usize = 100;

/// What is kept of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceKey {
    /// Its public name, unique; below 2^53.
    pub id: u64,
    /// What people call it.
    pub name: String,
    /// The event that it is for.
    pub event_id: u64,
    /// What it may do, in scopes that the administrator chose; [`INTROSPECT`] is ours.
    pub scopes: Vec<String>,
    /// SHA-256 of its secret, base64url.
    pub digest: String,
    /// Which administrator made it.
    pub created_by: Uuid,
    /// When.
    pub created_at: UnixTime,
}

impl ServiceKey {
    /// Whether the key may do what `scope` stands for.
    #[must_use]
    pub fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }

    /// Its scopes in one text (RFC 6749 §3.3).
    #[must_use]
    pub fn scope(&self) -> String {
        self.scopes.join(" ")
    }
}

/// A key that a caller sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent<'a> {
    /// Which key it says it is.
    pub id: u64,
    /// What proves it.
    pub secret: &'a str,
}

/// The key that was sent, or nothing if it cannot be one: then no table needs to
/// be asked.
#[must_use]
pub fn parse(sent: &str) -> Option<Sent<'_>> {
    let (id, secret) = sent.strip_prefix(PREFIX)?.split_once('_')?;
    let sound = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    let fits = secret.len() == SECRET_LENGTH && secret.bytes().all(sound);
    let plain = !id.starts_with(['0', '+']);
    let id = id.parse().ok().filter(|_| plain && fits)?;
    Some(Sent { id, secret })
}

/// The key as its holder gets it. `secret` is 43 characters of base64url.
#[must_use]
pub fn write(id: u64, secret: &str) -> String {
    format!("{PREFIX}{id}_{secret}")
}

/// Whether `text` is one scope, which a list of scopes can hold (RFC 6749 §3.3).
#[must_use]
pub fn is_scope(text: &str) -> bool {
    let fits = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    (1..=MAX_SCOPE_LENGTH).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_it_was_written() {
        let secret = "a-b_".repeat(10) + "xyz";
        let key = write(4_503_599_627_370_496, &secret);
        let sent = parse(&key).unwrap();
        assert_eq!(
            (sent.id, sent.secret),
            (4_503_599_627_370_496, secret.as_str())
        );
    }

    #[test]
    fn what_cannot_be_a_key_is_none() {
        let secret = "a".repeat(43);
        for sent in [
            String::new(),
            secret.clone(),
            format!("{PREFIX}7_"),
            format!("{PREFIX}7_{secret}a"),
            format!("{PREFIX}07_{secret}"),
            format!("{PREFIX}+7_{secret}"),
            format!("{PREFIX}x_{secret}"),
            format!("{PREFIX}7_{}", "\u{e9}".repeat(21) + "a"),
            format!("POSTERN_SK_7_{secret}"),
        ] {
            assert_eq!(parse(&sent), None, "{sent}");
        }
    }

    #[test]
    fn a_scope_fits_into_a_list() {
        assert!(is_scope("introspect") && is_scope("orders:read"));
        for text in ["", "a b", "a\"b", "a\\b", "\u{e9}", &"x".repeat(65)] {
            assert!(!is_scope(text), "{text}");
        }
    }
}
