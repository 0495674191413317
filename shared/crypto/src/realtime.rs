//! Tokens for a realtime server, which checks them by itself.
//!
//! Centrifugo knows one secret, and its holder can pose as any user there. Unless an
//! operator sets one, it is a part of the ring, for this purpose alone: so it stands in
//! no template, no environment variable and no row in clear, the functions that make these
//! tokens hold it, and an operator who may unwrap that part reads it out once, into the
//! server's own configuration.

use domain::realtime::ConnectionClaims;
use jsonwebtoken::{Algorithm, EncodingKey, Header};

use crate::CryptoError;

/// Signs a connection token (RFC 7519, HS256) with the secret of the realtime server.
///
/// # Errors
/// [`CryptoError::Signing`] if the secret cannot sign.
pub fn sign_connection(secret: &str, claims: &ConnectionClaims) -> Result<String, CryptoError> {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key)
        .map_err(|_| CryptoError::Signing)
}
