//! Making and checking our JWTs (RFC 7519, RFC 8725).
//!
//! A token names its key and its type, and both are checked before anything in
//! it is believed: the algorithm comes from the key, never from the token; key
//! material in a header (`jwk`, `jku`, `x5c`, `x5u`) is refused unread; `typ`
//! keeps access and refresh tokens apart.

mod device;
mod id;
mod jwt;
mod pending;
mod typ;
mod vendor;

use domain::oidc::claims::ClientClaims;
use domain::token::{AccessClaims, Audience, RefreshClaims};
use domain::{AuthFailure, UnixTime};
use jsonwebtoken::DecodingKey;

use self::jwt::{Expected, header};
use self::typ::{ACCESS, CLIENT, OFFLINE, REFRESH, VENDOR};
use crate::private_key::PrivateKey;
use crate::signing::{PrivateHalf, PublishedKey};
use crate::{Algorithm, CryptoError, KeyRing, derive};

pub(crate) struct Signer {
    kid: String,
    algorithm: Algorithm,
    key: PrivateKey,
}

impl Signer {
    pub(crate) fn new(key: &PublishedKey, half: &PrivateHalf) -> Result<Self, CryptoError> {
        Ok(Self {
            kid: key.kid.clone(),
            algorithm: key.algorithm,
            key: half.parse(key.algorithm)?,
        })
    }
}

pub(crate) struct Checker {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Checker {
    pub(crate) fn new(key: &PublishedKey) -> Result<Self, CryptoError> {
        Ok(Self {
            algorithm: key.algorithm,
            key: key.decoding_key()?,
        })
    }
}

impl KeyRing {
    /// Signs an access token with the key in force when it is made.
    ///
    /// # Errors
    /// [`CryptoError::Signing`] if the key cannot sign.
    pub fn sign_access(&self, claims: &AccessClaims) -> Result<String, CryptoError> {
        self.sign_for_all(ACCESS, claims)
    }

    /// Signs the access token of a client that acts for itself.
    ///
    /// # Errors
    /// As [`KeyRing::sign_access`].
    pub fn sign_client(&self, claims: &ClientClaims) -> Result<String, CryptoError> {
        self.sign_for_all(CLIENT, claims)
    }

    /// Signs a refresh token with the key that never leaves the service.
    ///
    /// # Errors
    /// [`CryptoError::Signing`] if the key cannot sign.
    pub fn sign_refresh(&self, claims: &RefreshClaims) -> Result<String, CryptoError> {
        self.sign_for_us(REFRESH, claims)
    }

    /// The claims of an access token of ours that is good at `now`, and for us alone.
    ///
    /// # Errors
    /// Which failure it is: not ours, too old, or the other kind of token.
    pub fn check_access(
        &self,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<AccessClaims, AuthFailure> {
        let audience = issuer;
        let typ = ACCESS;
        let expected = Expected { typ, audience };
        let claims: AccessClaims = self.check_for_all(expected, token, issuer, now)?;
        // Who else a token is for could bring it here.
        match claims.aud == Audience::One(issuer.to_owned()) {
            true => Ok(claims),
            false => Err(AuthFailure::BadToken),
        }
    }

    /// The claims of an access token of ours that is good at `now`, for whomever it is: the
    /// reader looks at the audience. None but a client's is for others.
    ///
    /// # Errors
    /// As [`KeyRing::check_access`].
    pub fn check_access_for_anyone(
        &self,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<AccessClaims, AuthFailure> {
        let claims: AccessClaims = self.check_for_anyone(ACCESS, token, issuer, now)?;
        let is_ours = claims.aud == Audience::One(issuer.to_owned());
        match claims.client_id.is_some() || is_ours {
            true => Ok(claims),
            false => Err(AuthFailure::BadToken),
        }
    }

    /// The claims of a token of a client that acts for itself, good at `now`.
    ///
    /// # Errors
    /// As [`KeyRing::check_access`].
    pub fn check_client(
        &self,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<ClientClaims, AuthFailure> {
        self.check_for_anyone(CLIENT, token, issuer, now)
    }

    /// Whether `token` calls itself one of ours and names a key that this copy of
    /// the ring does not know, or that should not sign yet: then either is true,
    /// it is forged or the copy is old.
    #[must_use]
    pub fn may_be_outdated_by(&self, token: &str, now: UnixTime) -> bool {
        let mut headers = [ACCESS, OFFLINE, VENDOR].into_iter();
        let header = headers.find_map(|typ| header(token, typ).ok());
        let Some(kid) = header.and_then(|header| header.kid) else {
            return false;
        };
        let keys = self.keys();
        let known = keys.named(&kid, now);
        known.is_none_or(|key| key.published.start() > now)
    }

    /// The claims of a refresh token of ours that is good at `now`.
    ///
    /// # Errors
    /// As [`KeyRing::check_access`].
    pub fn check_refresh(
        &self,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<RefreshClaims, AuthFailure> {
        self.check_for_us(
            Expected {
                typ: REFRESH,
                audience: issuer,
            },
            token,
            issuer,
            now,
        )
    }
}

/// The first 128 bits as 32 hexadecimal digits, which is the form of a `jti` here.
pub(crate) fn jti(derived: &[u8; 32]) -> String {
    derive::hex(&derived[..16])
}

#[cfg(test)]
mod tests {
    use super::jwt::headed;
    use super::*;
    use crate::SystemEntropy;
    use domain::key_ring::KeyPart;
    use domain::token::UserId;
    use jsonwebtoken::{EncodingKey, Header};
    use uuid::Uuid;

    const ISSUER: &str = "https://id.example.com";
    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn ring(algorithm: Algorithm) -> KeyRing {
        KeyRing::generate(algorithm, &SystemEntropy, NOW).unwrap()
    }

    fn access() -> AccessClaims {
        let id = Uuid::from_u128(1);
        AccessClaims {
            iss: ISSUER.into(),
            aud: Audience::One(ISSUER.into()),
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
        }
    }

    fn refresh() -> RefreshClaims {
        let id = Uuid::from_u128(1);
        RefreshClaims {
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            sub: id,
            user_id: Some(UserId::Number(7)),
            masked_account: None,
            sid: id,
            generation: 1,
            token_type: "refresh".into(),
            jti: "j".into(),
            iat: NOW,
            exp: NOW.plus(60),
        }
    }

    #[test]
    fn every_algorithm_signs_and_survives_the_seal() {
        for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
            let made = ring(algorithm);
            let data_key = crate::seal::fresh_secret(&SystemEntropy);
            let seal = |part| made.seal(part, &data_key, &SystemEntropy).unwrap();
            let sealed = KeyPart::ALL.map(|part| (part, seal(part)));
            let open = |key: &crate::seal::Secret, only: KeyPart| {
                let parts = sealed.iter().filter(|(part, _)| *part <= only);
                let parts = parts.map(|(part, sealed)| (*part, sealed.as_slice(), key.clone()));
                KeyRing::open(parts, NOW)
            };
            let opened = open(&data_key, KeyPart::Realtime).unwrap();
            let token = opened.sign_access(&access()).unwrap();
            let checks = open(&data_key, KeyPart::Common).unwrap();
            let (read, name) = (checks.check_access(&token, ISSUER, NOW), algorithm.name());
            assert_eq!(read, Ok(access()), "{name}");
            let cannot = checks.sign_access(&access());
            assert_eq!(cannot, Err(CryptoError::NotHeld(KeyPart::Signing)));
            let other = crate::seal::fresh_secret(&SystemEntropy);
            let closed = open(&other, KeyPart::Realtime).err();
            assert_eq!(closed, Some(CryptoError::Seal));
        }
    }

    #[test]
    fn tokens_of_the_other_kind_issuer_ring_or_time_are_refused() {
        let ring = ring(Algorithm::EdDSA);
        let token = ring.sign_access(&access()).unwrap();
        let back = ring.sign_refresh(&refresh()).unwrap();
        assert_eq!(ring.check_refresh(&back, ISSUER, NOW), Ok(refresh()));
        assert_eq!(
            ring.check_access(&back, ISSUER, NOW),
            Err(AuthFailure::WrongTokenType)
        );
        assert_eq!(
            ring.check_refresh(&token, ISSUER, NOW),
            Err(AuthFailure::WrongTokenType)
        );
        assert_eq!(
            ring.check_access(&token, "https://evil.example", NOW),
            Err(AuthFailure::BadToken)
        );
        assert_eq!(
            ring.check_access(&token, ISSUER, NOW.plus(60)),
            Err(AuthFailure::ExpiredToken)
        );
        assert_eq!(
            ring.check_access(&token, ISSUER, NOW.minus(61)),
            Err(AuthFailure::BadToken)
        );
        let stranger = super::tests::ring(Algorithm::EdDSA);
        assert_eq!(
            stranger.check_access(&token, ISSUER, NOW),
            Err(AuthFailure::BadToken)
        );
        assert_eq!(
            ring.check_access("garbage", ISSUER, NOW),
            Err(AuthFailure::BadToken)
        );
    }

    #[test]
    fn forged_headers_are_refused() {
        let ring = ring(Algorithm::EdDSA);
        let kid = Some(ring.current_kid(NOW));
        let hmac = EncodingKey::from_secret(b"the public key, say");
        let header = headed(ACCESS, jsonwebtoken::Algorithm::HS256, kid.clone());
        let confused = jsonwebtoken::encode(&header, &access(), &hmac).unwrap();
        assert_eq!(
            ring.check_access(&confused, ISSUER, NOW),
            Err(AuthFailure::BadToken)
        );
        let header = Header {
            typ: Some(ACCESS.into()),
            kid,
            jku: Some("https://evil.example/jwks".into()),
            ..Header::new(jsonwebtoken::Algorithm::EdDSA)
        };
        let brought = ring
            .keys()
            .in_force(NOW)
            .unwrap()
            .signer
            .as_ref()
            .unwrap()
            .key
            .token(&header, &access())
            .unwrap();
        assert_eq!(
            ring.check_access(&brought, ISSUER, NOW),
            Err(AuthFailure::BadToken)
        );
        let token = ring.sign_access(&access()).unwrap();
        let (body, _) = token.rsplit_once('.').unwrap();
        for unsigned in [
            format!("{body}."),
            body.to_owned(),
            token[..token.len() - 1].to_owned(),
        ] {
            assert_eq!(
                ring.check_access(&unsigned, ISSUER, NOW),
                Err(AuthFailure::BadToken)
            );
        }
    }
}
