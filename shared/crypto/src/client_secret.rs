//! Client secrets that are made anew for each request: a JWT that a private key of ours
//! signs (RFC 7523 §2.2, as Apple has it).

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde::Serialize;

/// The JWT of these `claims`, signed with ES256 by the key in `pem` (PKCS #8), which its
/// issuer knows as `kid`. `None` if it is no such key.
#[must_use]
pub fn es256(pem: &str, kid: &str, claims: &impl Serialize) -> Option<String> {
    let key = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    let key = EncodingKey::from_ec_der(key.secret_pkcs8_der());
    let header = Header {
        kid: Some(kid.to_owned()),
        ..Header::new(Algorithm::ES256)
    };
    jsonwebtoken::encode(&header, claims, &key).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_no_key_signs_nothing() {
        for text in [
            "",
            "secret",
            "-----BEGIN PRIVATE KEY-----\nMIGT\n-----END PRIVATE KEY-----",
        ] {
            assert_eq!(es256(text, "k", &json!({})), None);
        }
    }
}
