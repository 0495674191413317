//! Authenticated encryption of what is stored: AES-256-GCM with a random
//! 96-bit nonce in front of the ciphertext.
//!
//! Every seal names a context (whose value it is, and what for). A value moved
//! to another row opens no more, so write access to the table does not let one
//! account borrow another's secret.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Entropy;

use crate::CryptoError;

/// A 256-bit key, wiped when dropped.
pub type Secret = zeroize::Zeroizing<[u8; 32]>;

/// A fresh random key.
#[must_use]
pub fn fresh_secret(entropy: &dyn Entropy) -> Secret {
    let mut key = Secret::default();
    entropy.fill(key.as_mut());
    key
}

/// Seals `plain` under `key` for `context`.
///
/// # Errors
/// [`CryptoError::Seal`] only for values beyond GCM's 64 GiB.
pub fn seal(
    key: &Secret,
    context: &str,
    plain: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, CryptoError> {
    let mut nonce = [0; NONCE_LEN];
    entropy.fill(&mut nonce);
    let mut sealed = plain.to_vec();
    cipher(key)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context),
            &mut sealed,
        )
        .map_err(|_| CryptoError::Seal)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens what [`seal`] made with the same key and context.
///
/// # Errors
/// [`CryptoError::Seal`] for anything else.
pub fn open(key: &Secret, context: &str, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let (nonce, body) = sealed
        .split_first_chunk::<NONCE_LEN>()
        .ok_or(CryptoError::Seal)?;
    let mut plain = body.to_vec();
    let length = cipher(key)?
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(context),
            &mut plain,
        )
        .map_err(|_| CryptoError::Seal)?
        .len();
    plain.truncate(length);
    Ok(plain)
}

/// [`seal`] as unpadded base64url, for rows of text.
///
/// # Errors
/// As [`seal`].
pub fn seal_text(
    key: &Secret,
    context: &str,
    plain: &[u8],
    entropy: &dyn Entropy,
) -> Result<String, CryptoError> {
    Ok(URL_SAFE_NO_PAD.encode(seal(key, context, plain, entropy)?))
}

/// [`open`] of what [`seal_text`] made.
///
/// # Errors
/// As [`open`].
pub fn open_text(key: &Secret, context: &str, sealed: &str) -> Result<Vec<u8>, CryptoError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(sealed)
        .map_err(|_| CryptoError::Seal)?;
    open(key, context, &bytes)
}

fn cipher(key: &Secret) -> Result<LessSafeKey, CryptoError> {
    let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|_| CryptoError::Seal)?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn opens_only_for_its_key_and_context() {
        let key = fresh_secret(&SystemEntropy);
        let sealed = seal_text(&key, "email#1", b"ada@example.com", &SystemEntropy).unwrap();
        assert_eq!(
            open_text(&key, "email#1", &sealed).unwrap(),
            b"ada@example.com"
        );
        assert_eq!(open_text(&key, "email#2", &sealed), Err(CryptoError::Seal));
        let other = fresh_secret(&SystemEntropy);
        assert_eq!(
            open_text(&other, "email#1", &sealed),
            Err(CryptoError::Seal)
        );
        assert_eq!(open_text(&key, "email#1", "short"), Err(CryptoError::Seal));
        assert_ne!(
            sealed,
            seal_text(&key, "email#1", b"ada@example.com", &SystemEntropy).unwrap()
        );
    }
}
