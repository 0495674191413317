//! Tokens of sign-ins that wait for a second factor (`pt+jwt`), for contracts
//! whose sign-in answers with a bearer and knows no other way to say so.
//!
//! Only Postern can read one, and it reads it only where a second factor
//! is taken: another type, another audience and another key than an access token's.

use domain::token::PendingClaims;
use domain::{AuthFailure, UnixTime};

use super::jwt::Expected;
use super::typ::{PENDING, RENEWAL};
use crate::{CryptoError, KeyRing};

impl KeyRing {
    /// Signs the token of a sign-in that waits.
    ///
    /// # Errors
    /// [`CryptoError::Signing`] if the key cannot sign.
    pub fn sign_pending(&self, claims: &PendingClaims) -> Result<String, CryptoError> {
        self.sign_for_us(PENDING, claims)
    }

    /// Signs the token that renews such a token.
    ///
    /// # Errors
    /// [`CryptoError::Signing`] if the key cannot sign.
    pub fn sign_pending_renewal(&self, claims: &PendingClaims) -> Result<String, CryptoError> {
        self.sign_for_us(RENEWAL, &claims.renewal())
    }

    /// The claims of such a token of ours that is good at `now`.
    ///
    /// # Errors
    /// Which failure it is: not ours, too old, or another kind of token.
    pub fn check_pending(
        &self,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<PendingClaims, AuthFailure> {
        let audience = &PendingClaims::audience(issuer);
        let typ = PENDING;
        self.check_for_us(Expected { typ, audience }, token, issuer, now)
    }

    /// The claims of a token of ours that renews such tokens and is good at `now`.
    ///
    /// # Errors
    /// As [`KeyRing::check_pending`].
    pub fn check_pending_renewal(
        &self,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<PendingClaims, AuthFailure> {
        let audience = &PendingClaims::renewal_audience(issuer);
        let typ = RENEWAL;
        self.check_for_us(Expected { typ, audience }, token, issuer, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;
    use domain::Contract;
    use domain::sign_in::{Amr, Challenge, ChallengeKind};
    use uuid::Uuid;

    const ISSUER: &str = "https://id.example.com";

    fn claims() -> PendingClaims {
        let challenge = Challenge {
            id: Uuid::from_u128(7),
            kind: ChallengeKind::SecondFactor,
            sub: Uuid::from_u128(1),
            session_epoch: 1,
            sign_in_epoch: 0,
            contract: Contract::AuthService,
            number: 1,
            amr: vec![Amr::Pwd],
            proven: Default::default(),
            known_network: None,
            passkey_ceremony: None,
            provider: None,
            event: None,
            created_at: UnixTime(1000),
            expires_at: UnixTime(1300),
            tries: 0,
            attempts: 3,
            device: Default::default(),
            circumstances: Default::default(),
            spent_at: None,
        };
        PendingClaims::new(ISSUER, &challenge)
    }

    #[test]
    fn it_is_read_back_and_by_nothing_that_takes_other_tokens() {
        let ring = KeyRing::generate(crate::Algorithm::EdDSA, &SystemEntropy, UnixTime(0)).unwrap();
        let token = ring.sign_pending(&claims()).unwrap();
        let now = UnixTime(1100);
        assert_eq!(ring.check_pending(&token, ISSUER, now), Ok(claims()));
        assert_eq!(
            ring.check_access(&token, ISSUER, now),
            Err(AuthFailure::WrongTokenType)
        );
        assert_eq!(
            ring.check_refresh(&token, ISSUER, now),
            Err(AuthFailure::WrongTokenType)
        );
        let renewal = ring.sign_pending_renewal(&claims()).unwrap();
        let renewed = ring.check_pending_renewal(&renewal, ISSUER, now);
        assert_eq!(renewed.unwrap().jti, claims().jti);
        for crossed in [
            ring.check_pending(&renewal, ISSUER, now),
            ring.check_pending_renewal(&token, ISSUER, now),
        ] {
            assert_eq!(crossed, Err(AuthFailure::WrongTokenType));
        }
        assert_eq!(
            ring.check_pending(&token, ISSUER, UnixTime(1300)),
            Err(AuthFailure::ExpiredToken)
        );
        assert_eq!(
            ring.check_pending(&token, "https://other.example.com", now),
            Err(AuthFailure::BadToken)
        );
    }
}
