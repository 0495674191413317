//! The two ways in which a token of ours is signed: for all, by a published key, or
//! for us alone, by one that never leaves the service. Everything else about kinds of
//! tokens is a type, an audience and claims.

use domain::key_ring::KeyPart;
use domain::oidc::claims::{ClientClaims, IdTokenClaims};
use domain::pos::{OfflineClaims, OperatorClaims};
use domain::token::{AccessClaims, PendingClaims, RefreshClaims};
use domain::vendor::VendorClaims;
use domain::{AuthFailure, UnixTime};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Signer, typ};
use crate::{CryptoError, KeyRing, version};

/// Seconds by which another machine's clock may be ahead when we read its `iat`.
const SKEW: u64 = 60;

/// What a token has to be to be read.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    /// Its type.
    pub(super) typ: &'a str,
    /// For whom it is.
    pub(super) audience: &'a str,
}

/// When a token was made and when it ends.
pub(super) trait Span {
    fn span(&self) -> (UnixTime, UnixTime);
}

macro_rules! spans {
    ($($claims:ty),+) => {
        $(impl Span for $claims {
            fn span(&self) -> (UnixTime, UnixTime) {
                (self.iat, self.exp)
            }
        })+
    };
}

spans!(
    AccessClaims,
    ClientClaims,
    IdTokenClaims,
    RefreshClaims,
    PendingClaims,
    OfflineClaims,
    OperatorClaims,
    VendorClaims
);

impl KeyRing {
    /// Signs with the published key in force when the token is made.
    pub(super) fn sign_for_all<T: Serialize + Span>(
        &self,
        typ: &str,
        claims: &T,
    ) -> Result<String, CryptoError> {
        let keys = self.keys();
        let (made, _) = claims.span();
        let Signer {
            kid,
            algorithm,
            key,
        } = self.signer(&keys, made)?;
        key.token(&headed(typ, algorithm.jose(), Some(kid.clone())), claims)
    }

    /// The claims of a token that was signed like that and is good at `now`.
    pub(super) fn check_for_all<T: DeserializeOwned + Clone + Span>(
        &self,
        expected: Expected<'_>,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<T, AuthFailure> {
        let header = header(token, expected.typ)?;
        let keys = self.keys();
        let named = header.kid.as_deref().and_then(|kid| keys.named(kid, now));
        let checker = &named.ok_or(AuthFailure::BadToken)?.checker;
        let by = (checker.algorithm.jose(), &checker.key);
        let claims = decode(token, &header, by, issuer, Some(expected.audience))?;
        in_time(claims, now, keys.not_before)
    }

    /// The same for whomever the token is.
    pub(super) fn check_for_anyone<T: DeserializeOwned + Clone + Span>(
        &self,
        typ: &str,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<T, AuthFailure> {
        let header = header(token, typ)?;
        let keys = self.keys();
        let named = header.kid.as_deref().and_then(|kid| keys.named(kid, now));
        let checker = &named.ok_or(AuthFailure::BadToken)?.checker;
        let by = (checker.algorithm.jose(), &checker.key);
        let claims = decode(token, &header, by, issuer, None)?;
        in_time(claims, now, keys.not_before)
    }

    /// Signs with the key that never leaves the service.
    pub(super) fn sign_for_us<T: Serialize>(
        &self,
        typ: &str,
        claims: &T,
    ) -> Result<String, CryptoError> {
        let version = self.in_use(KeyPart::Refresh)?;
        let key = EncodingKey::from_secret(version.secret.as_ref());
        let header = headed(typ, jsonwebtoken::Algorithm::HS256, version.kid());
        jsonwebtoken::encode(&header, claims, &key).map_err(|_| CryptoError::Signing)
    }

    /// The claims of a token that was signed like that and is good at `now`.
    pub(super) fn check_for_us<T: DeserializeOwned + Clone + Span>(
        &self,
        expected: Expected<'_>,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<T, AuthFailure> {
        let header = header(token, expected.typ)?;
        let number = version::of_kid(header.kid.as_deref());
        let version = number.and_then(|number| self.version(KeyPart::Refresh, number));
        let version = version.ok_or(AuthFailure::BadToken)?;
        let key = DecodingKey::from_secret(version.secret.as_ref());
        let by = (jsonwebtoken::Algorithm::HS256, &key);
        let claims = decode(token, &header, by, issuer, Some(expected.audience))?;
        in_time(claims, now, self.ended_at())
    }
}

/// The header of a token of type `typ`.
pub(super) fn headed(typ: &str, algorithm: jsonwebtoken::Algorithm, kid: Option<String>) -> Header {
    Header {
        typ: Some(typ.to_owned()),
        kid,
        ..Header::new(algorithm)
    }
}

/// The header of a token that claims to be ours and of type `expected`.
pub(super) fn header(token: &str, expected: &str) -> Result<Header, AuthFailure> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| AuthFailure::BadToken)?;
    let brings_keys = header.jwk.is_some()
        || header.jku.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some()
        || header.crit.is_some();
    if brings_keys {
        return Err(AuthFailure::BadToken);
    }
    match header.typ.as_deref() {
        Some(found) if found == expected => Ok(header),
        Some(found) if typ::ALL.contains(&found) => Err(AuthFailure::WrongTokenType),
        _ => Err(AuthFailure::BadToken),
    }
}

/// The claims of a token for an audience, or for anyone.
fn decode<T: DeserializeOwned + Clone>(
    token: &str,
    header: &Header,
    (algorithm, key): (jsonwebtoken::Algorithm, &DecodingKey),
    issuer: &str,
    audience: Option<&str>,
) -> Result<T, AuthFailure> {
    if header.alg != algorithm {
        return Err(AuthFailure::BadToken);
    }
    let mut rules = Validation::new(algorithm);
    rules.set_issuer(&[issuer]);
    match audience {
        Some(audience) => rules.set_audience(&[audience]),
        None => rules.validate_aud = false,
    }
    rules.set_required_spec_claims(&["iss", "aud", "exp"]);
    // The library would ask the machine's clock. `in_time` asks the request's.
    rules.validate_exp = false;
    jsonwebtoken::decode::<T>(token, key, &rules)
        .map(|token| token.claims)
        .map_err(|_| AuthFailure::BadToken)
}

/// `claims`, if their time has come and is not over, and if they were made after everything
/// was ended for the last time.
fn in_time<T: Span>(claims: T, now: UnixTime, not_before: UnixTime) -> Result<T, AuthFailure> {
    let (iat, exp) = claims.span();
    if iat > now.plus(SKEW) {
        return Err(AuthFailure::BadToken);
    }
    if exp <= now {
        return Err(AuthFailure::ExpiredToken);
    }
    if iat <= not_before {
        return Err(AuthFailure::EndedSession);
    }
    Ok(claims)
}
