//! ID tokens, and the names by which clients know people.
//!
//! An ID token is made for a client to read and opens nothing here: its type is not that of
//! an access token, so none is taken for one. One that comes back as a hint says who was
//! meant, and may be long over (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::UnixTime;
use domain::oidc::claims::IdTokenClaims;
use domain::token::{AccessClaims, RefreshClaims};
use jsonwebtoken::Validation;
use uuid::Uuid;

use super::jwt::header;
use super::typ::ID;
use crate::{CryptoError, KeyRing};

impl KeyRing {
    /// Signs an ID token with the key in force when it is made.
    ///
    /// # Errors
    /// [`CryptoError::Signing`] if the key cannot sign.
    pub fn sign_id(&self, claims: &IdTokenClaims) -> Result<String, CryptoError> {
        self.sign_for_all(ID, claims)
    }

    /// What an ID token of ours says, also if its time is over; `None` for any other text.
    #[must_use]
    pub fn read_id_hint(&self, token: &str, issuer: &str, now: UnixTime) -> Option<IdTokenClaims> {
        let header = header(token, ID).ok()?;
        let keys = self.keys();
        let checker = &keys.named(header.kid.as_deref()?, now)?.checker;
        if header.alg != checker.algorithm.jose() {
            return None;
        }
        let mut rules = Validation::new(checker.algorithm.jose());
        rules.set_issuer(&[issuer]);
        rules.validate_aud = false;
        rules.validate_exp = false;
        rules.set_required_spec_claims(&["iss", "aud"]);
        let read = jsonwebtoken::decode::<IdTokenClaims>(token, &checker.key, &rules);
        let claims = read.ok()?.claims;
        (claims.iat > keys.not_before).then_some(claims)
    }

    /// The name by which the clients of `sector` know the account `sub`, and no others do
    /// (OpenID Connect Core §8.1).
    #[must_use]
    pub fn pairwise(&self, sector: &str, sub: Uuid) -> Uuid {
        let derived = self.looked_up("pairwise subject", &[sector.as_bytes(), sub.as_bytes()]);
        uuid::Builder::from_random_bytes(*derived.first_chunk().unwrap_or(&[0; 16])).into_uuid()
    }

    /// The account `sub` as tokens of a client carry it that knows it by another name: masked
    /// by what is derived from the token's own name, which no other token has. So one round
    /// trip still finds the account, and the signature keeps the mask as it is.
    #[must_use]
    pub fn masked(&self, jti: &str, sub: Uuid) -> Uuid {
        let pad = self.looked_up("masked account", &[jti.as_bytes()]);
        let pad = u128::from_be_bytes(*pad.first_chunk().unwrap_or(&[0; 16]));
        Uuid::from_u128(sub.as_u128() ^ pad)
    }

    /// The account that an access token of ours is about, whatever name it shows.
    #[must_use]
    pub fn account_of(&self, claims: &AccessClaims) -> Uuid {
        let masked = claims.masked_account;
        masked.map_or(claims.sub, |masked| self.masked(&claims.jti, masked))
    }

    /// The same for a refresh token.
    #[must_use]
    pub fn account_of_refresh(&self, claims: &RefreshClaims) -> Uuid {
        let masked = claims.masked_account;
        masked.map_or(claims.sub, |masked| self.masked(&claims.jti, masked))
    }
}

/// The left half of the SHA-256 of an access token (`at_hash`, OpenID Connect Core §3.1.3.6).
/// It is the digest of all three of our algorithms: for Ed25519, whose own is SHA-512, see
/// [`half_digest_of_eddsa`].
#[must_use]
pub fn half_digest(token: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    let half = digest.as_ref().get(..16).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(half)
}

/// The same with SHA-512, which is the digest of Ed25519 (RFC 8032 §5.1).
#[must_use]
pub fn half_digest_of_eddsa(token: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, token.as_bytes());
    let half = digest.as_ref().get(..32).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(half)
}

impl KeyRing {
    /// The `at_hash` that goes into an ID token made at `made` beside `access`.
    #[must_use]
    pub fn at_hash(&self, access: &str, made: UnixTime) -> String {
        let keys = self.keys();
        let algorithm = keys.in_force(made).map(|key| key.checker.algorithm);
        match algorithm {
            Some(crate::Algorithm::EdDSA) => half_digest_of_eddsa(access),
            _ => half_digest(access),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, SystemEntropy};

    const ISSUER: &str = "https://id.example.com";

    fn claims() -> IdTokenClaims {
        IdTokenClaims {
            iss: ISSUER.to_owned(),
            sub: Uuid::from_u128(1),
            aud: "app".to_owned(),
            iat: UnixTime(1000),
            exp: UnixTime(1300),
            auth_time: None,
            nonce: None,
            amr: Vec::new(),
            acr: None,
            sid: Uuid::from_u128(2),
            at_hash: None,
        }
    }

    #[test]
    fn a_hint_is_read_after_its_time_and_is_no_access_token() {
        let ring = KeyRing::generate(Algorithm::ES256, &SystemEntropy, UnixTime(0)).unwrap();
        let other = KeyRing::generate(Algorithm::ES256, &SystemEntropy, UnixTime(0)).unwrap();
        let token = ring.sign_id(&claims()).unwrap();
        let now = UnixTime(2000);
        assert_eq!(ring.read_id_hint(&token, ISSUER, now), Some(claims()));
        assert_eq!(other.read_id_hint(&token, ISSUER, now), None);
        assert_eq!(ring.read_id_hint(&token, "https://x.example", now), None);
        assert!(ring.check_access(&token, ISSUER, UnixTime(1100)).is_err());
    }

    #[test]
    fn every_sector_knows_an_account_by_another_name() {
        let ring = KeyRing::generate(Algorithm::EdDSA, &SystemEntropy, UnixTime(0)).unwrap();
        let sub = Uuid::from_u128(7);
        assert_eq!(
            ring.pairwise("a.example", sub),
            ring.pairwise("a.example", sub)
        );
        assert_ne!(
            ring.pairwise("a.example", sub),
            ring.pairwise("b.example", sub)
        );
        assert_ne!(ring.pairwise("a.example", sub), sub);
        let masked = ring.masked("jti", sub);
        assert_ne!(masked, sub);
        assert_eq!(ring.masked("jti", masked), sub);
    }

    #[test]
    fn at_hash_is_that_of_the_standards_example() {
        // OpenID Connect Core, appendix A.3.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_digest(token), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
