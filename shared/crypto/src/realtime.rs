//! Tokens for a realtime server, which checks them by itself.
//!
//! Centrifugo knows one secret, and its holder can pose as any user there. Unless an
//! operator sets one, it is derived from the ring, for this purpose alone: so it stands in
//! no template, no environment variable and no row, every function that signs has it
//! already, and an operator who may unwrap the ring reads it out once, into the
//! server's own configuration.

use domain::realtime::ConnectionClaims;
use jsonwebtoken::{Algorithm, EncodingKey, Header};

use crate::{CryptoError, KeyRing, derive};

impl KeyRing {
    /// The secret that the realtime server has to be given: 43 characters.
    #[must_use]
    pub fn realtime_secret(&self) -> String {
        derive::fingerprint(&derive::derive(self.pepper(), "realtime secret", &[]))
    }
}

/// Signs a connection token (RFC 7519, HS256) with the secret of the realtime server.
///
/// # Errors
/// [`CryptoError::Signing`] if the secret cannot sign.
pub fn sign_connection(secret: &str, claims: &ConnectionClaims) -> Result<String, CryptoError> {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key)
        .map_err(|_| CryptoError::Signing)
}
