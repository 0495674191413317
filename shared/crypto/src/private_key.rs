//! A private key, parsed and checked once, that signs from then on.
//!
//! `jsonwebtoken` does both anew for every token, and for RSA the checking takes
//! longer than the signature. So tokens by these keys are put together here (RFC
//! 7515 §7.1), and read by the library like all others.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Header;
use serde::Serialize;

use crate::{Algorithm, CryptoError};

/// A key, as its algorithm (RFC 7518 §3.1, RFC 8037) signs with it.
pub(crate) enum PrivateKey {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl PrivateKey {
    /// The key in `der`: PKCS #1 for RSA, PKCS #8 for the others.
    ///
    /// # Errors
    /// [`CryptoError::Ring`] if it is no key of the kind.
    pub(crate) fn parse(algorithm: Algorithm, der: &[u8]) -> Result<Self, CryptoError> {
        match algorithm {
            Algorithm::RS256 => RsaKeyPair::from_der(der).map(Self::Rsa),
            Algorithm::ES256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Self::Ec)
            }
            Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(der).map(Self::Ed),
        }
        .map_err(|_| CryptoError::Ring)
    }

    /// The signed token. `header` names the algorithm of this key.
    ///
    /// # Errors
    /// [`CryptoError::Signing`] if the key cannot sign.
    pub(crate) fn token(
        &self,
        header: &Header,
        claims: &impl Serialize,
    ) -> Result<String, CryptoError> {
        let mut token = part(header)? + "." + &part(claims)?;
        let signature = self.sign(token.as_bytes()).ok_or(CryptoError::Signing)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .ok()?;
                Some(signature)
            }
            Self::Ec(key) => Some(key.sign(&random, message).ok()?.as_ref().to_vec()),
            Self::Ed(key) => Some(key.sign(message).as_ref().to_vec()),
        }
    }
}

fn part(value: &impl Serialize) -> Result<String, CryptoError> {
    let json = serde_json::to_vec(value).map_err(|_| CryptoError::Signing)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}
