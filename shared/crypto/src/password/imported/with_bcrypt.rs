//! Hashes of bcrypt, and of digests that were given to it.

use std::str::FromStr as _;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as STANDARD_BASE64;

use super::{parts, value};
use crate::derive;

/// The highest cost of a bcrypt hash: a second of work.
const MOST_BCRYPT: u32 = 14;

/// A hash of bcrypt, if it asks for no more work than is sane.
pub(super) fn bcrypt_form(hash: &str) -> Option<&str> {
    let cost = bcrypt::HashParts::from_str(hash).ok()?.get_cost();
    (cost <= MOST_BCRYPT && hash.starts_with("$2")).then_some(hash)
}

/// What Django gives to bcrypt, so that all of a long password counts.
pub(super) fn sha256(password: &[u8]) -> String {
    derive::hex(digest(&SHA256, password).as_ref())
}

/// bcrypt of a digest in base64, which passlib keys with the salt since its version
/// 1.7.3.
pub(super) struct BcryptOfPasslib<'a> {
    salt: &'a str,
    keyed: bool,
    hash: String,
}

impl<'a> BcryptOfPasslib<'a> {
    pub(super) fn read(rest: &'a str) -> Option<Self> {
        let [params, salt, hash] = parts(rest)?;
        let keyed = value(params, "v") == Some("2");
        let (kind, cost) = match keyed {
            true => (value(params, "t")?, value(params, "r")?),
            false => params.split_once(',')?,
        };
        let cost: u32 = cost.parse().ok()?;
        let hash = format!("${kind}${cost:02}${salt}{hash}");
        bcrypt_form(&hash)?;
        Some(Self { salt, keyed, hash })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let text = match self.keyed {
            true => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.salt.as_bytes());
                STANDARD_BASE64.encode(hmac::sign(&key, password))
            }
            false => STANDARD_BASE64.encode(digest(&SHA256, password)),
        };
        bcrypt::verify(text, &self.hash).unwrap_or(false)
    }
}
