//! Values that can be made again instead of being stored: HMAC-SHA-256 of a
//! label and the row's own parts, under a key of the ring.
//!
//! Parts are length-prefixed, so `("ab", "c")` and `("a", "bc")` never meet.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::seal::Secret;

/// 256 bits that only the holder of `key` can make again.
#[must_use]
pub fn derive(key: &Secret, label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()));
    for part in std::iter::once(label.as_bytes()).chain(parts.iter().copied()) {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    let mut derived = [0; 32];
    derived.copy_from_slice(mac.sign().as_ref());
    derived
}

/// A number of `digits` decimal digits, leading zeros included. The bias of the
/// remainder is below 2^-50 for four digits and below 2^-36 for eight.
#[must_use]
pub fn digits(derived: &[u8; 32], digits: u32) -> String {
    let head = derived
        .first_chunk::<8>()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let width = usize::try_from(digits).unwrap_or_default();
    format!("{:0width$}", head % 10u64.saturating_pow(digits))
}

/// Two lower-case hexadecimal digits for each byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A short digest: 96 bits in 16 characters, enough to recognise, useless to invert.
#[must_use]
pub fn short_digest(derived: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(derived.first_chunk::<12>().unwrap_or(&[0; 12]))
}

/// All 256 bits in 43 characters, where two must never meet.
#[must_use]
pub fn fingerprint(derived: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(derived)
}

/// A fresh 256-bit token: 43 characters that a URL can hold.
#[must_use]
pub fn fresh_token(entropy: &dyn domain::Entropy) -> String {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The same for a letter, where no part of it may read like a one-time code: four
/// to eight digits between other signs than letters. One in some thousand tokens
/// is made again for it.
#[must_use]
pub fn fresh_letter_token(entropy: &dyn domain::Entropy) -> String {
    let like_a_code = |part: &str| {
        (4..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    loop {
        let token = fresh_token(entropy);
        if !token.split(['-', '_']).any(like_a_code) {
            return token;
        }
    }
}

/// What the token of a letter is stored as, however it was pasted.
#[must_use]
pub fn letter_token_hash(typed: &str) -> String {
    token_hash(&domain::paste::token(typed))
}

/// What a 256-bit token is stored as: SHA-256, which needs no key because there
/// are too many such tokens to try.
#[must_use]
pub fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        token.as_bytes(),
    ))
}

/// Whether two texts are equal, in a time that tells nothing but their lengths
/// (OWASP ASVS 11.2.4).
#[must_use]
pub fn constant_time_eq(a: &str, b: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = Secret::new([7; 32]);
        assert_ne!(
            derive(&key, "x", &[b"ab", b"c"]),
            derive(&key, "x", &[b"a", b"bc"])
        );
        assert_ne!(derive(&key, "x", &[b"ab"]), derive(&key, "y", &[b"ab"]));
        assert_eq!(derive(&key, "x", &[b"ab"]), derive(&key, "x", &[b"ab"]));
    }

    #[test]
    fn a_token_is_stored_as_rfc_7636_hashes_one() {
        assert_eq!(
            token_hash("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert_eq!(fresh_token(&crate::SystemEntropy).len(), 43);
        let token = fresh_letter_token(&crate::SystemEntropy);
        let pasted = format!(" {token}.\r\n");
        assert_eq!(letter_token_hash(&pasted), token_hash(&token));
    }

    #[test]
    fn digits_keep_leading_zeros() {
        let mut low = [0; 32];
        low[7] = 42;
        assert_eq!(digits(&low, 4), "0042");
        assert_eq!(short_digest(&low).len(), 16);
    }
}
