//! ID tokens of others (OpenID Connect Core §2), as far as their signature goes.
//!
//! RS256 and nothing else, whatever the token says; the key is named by the token
//! and comes from its issuer, never out of the token (RFC 8725 §3.1, §3.5).

use domain::id_token::PublishedKey;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde::de::DeserializeOwned;

fn sound_header(token: &str) -> Option<Header> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let brings_keys = header.jwk.is_some()
        || header.jku.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some()
        || header.crit.is_some();
    (header.alg == Algorithm::RS256 && !brings_keys).then_some(header)
}

/// The name of the key that `token` claims to be signed with.
#[must_use]
pub fn key_id(token: &str) -> Option<String> {
    sound_header(token)?.kid.filter(|kid| !kid.is_empty())
}

/// What `token` says, if `key` signed it. For whom, by whom and when is for the
/// reader to judge.
#[must_use]
pub fn claims<T: DeserializeOwned + Clone>(token: &str, key: &PublishedKey) -> Option<T> {
    sound_header(token)?;
    let mut rules = Validation::new(Algorithm::RS256);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let read = jsonwebtoken::decode::<T>(token, &decoding_key(key)?, &rules);
    read.ok().map(|token| token.claims)
}

fn decoding_key(key: &PublishedKey) -> Option<DecodingKey> {
    match key {
        PublishedKey::Certificate(pem) => {
            let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
            let certificate = webpki::EndEntityCert::try_from(&certificate).ok()?;
            let key = certificate.subject_public_key_info();
            Some(DecodingKey::from_rsa_der(&key))
        }
        PublishedKey::Rsa { n, e } => DecodingKey::from_rsa_components(n, e).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyRing, PublicKey, SystemEntropy};
    use domain::UnixTime;
    use domain::token::{AccessClaims, Audience, UserId};
    use serde_json::Value;
    use uuid::Uuid;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn token(algorithm: crate::Algorithm) -> (KeyRing, String) {
        let ring = KeyRing::generate(algorithm, &SystemEntropy, NOW).unwrap();
        let id = Uuid::from_u128(1);
        let claims = AccessClaims {
            iss: "i".into(),
            aud: Audience::One("a".into()),
            sub: id,
            user_id: Some(UserId::Text("7".into())),
            masked_account: None,
            client_id: None,
            scope: None,
            sid: id,
            session_id: "7".into(),
            token_family: id,
            email: None,
            role: "user".into(),
            event_id: None,
            mfa_verified_at: None,
            amr: vec![],
            auth_time: Some(NOW),
            kind: "access".into(),
            token_type: "access".into(),
            jti: "j".into(),
            iat: NOW,
            exp: NOW.plus(60),
        };
        let token = ring.sign_access(&claims).unwrap();
        (ring, token)
    }

    #[test]
    fn a_key_of_a_jwk_set_verifies_what_it_signed_and_nothing_else() {
        let (ring, signed) = token(crate::Algorithm::RS256);
        let (_, others) = token(crate::Algorithm::RS256);
        let published = ring.published(NOW);
        let PublicKey::Rsa { n, e, .. } = &published[0].key else {
            panic!("an RSA key");
        };
        let key = PublishedKey::Rsa {
            n: n.clone(),
            e: e.clone(),
        };
        assert_eq!(key_id(&signed), Some(published[0].kid.clone()));
        assert_eq!(claims::<Value>(&signed, &key).unwrap()["user_id"], "7");
        assert_eq!(claims::<Value>(&others, &key), None);
        let broken = PublishedKey::Certificate("-----BEGIN CERTIFICATE-----".into());
        assert_eq!(claims::<Value>(&signed, &broken), None);
    }

    #[test]
    fn other_algorithms_are_not_even_looked_at() {
        let (_, signed) = token(crate::Algorithm::EdDSA);
        assert_eq!(key_id(&signed), None);
        for text in ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
            assert_eq!(key_id(text), None);
        }
    }
}
