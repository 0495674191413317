//! Tokens that devices hold: offline tokens (`offline+jwt`), which any service verifies
//! by our published keys, and operator tokens (`op+jwt`), which only we can read and
//! can make again, since their signature has no randomness in it.

use domain::pos::{OfflineClaims, OperatorClaims};
use domain::{AuthFailure, UnixTime};

use super::jwt::Expected;
use super::typ::{OFFLINE, OPERATOR};
use crate::{CryptoError, KeyRing};

impl KeyRing {
    /// Signs an offline token with the key in force when it is made. That key stays
    /// published for as long as the token is good.
    ///
    /// # Errors
    /// [`CryptoError::Signing`] if the key cannot sign.
    pub fn sign_offline(&self, claims: &OfflineClaims) -> Result<String, CryptoError> {
        self.sign_for_all(OFFLINE, claims)
    }

    /// The claims of an offline token of ours that is good at `now`.
    ///
    /// # Errors
    /// Which failure it is: not ours, too old, or another kind of token.
    pub fn check_offline(
        &self,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<OfflineClaims, AuthFailure> {
        let audience = &OfflineClaims::audience(issuer);
        let typ = OFFLINE;
        self.check_for_all(Expected { typ, audience }, token, issuer, now)
    }

    /// Signs an operator token, the same for the same claims.
    ///
    /// # Errors
    /// [`CryptoError::Signing`] if the key cannot sign.
    pub fn sign_operator(&self, claims: &OperatorClaims) -> Result<String, CryptoError> {
        self.sign_for_us(OPERATOR, claims)
    }

    /// The claims of an operator token of ours that is good at `now`.
    ///
    /// # Errors
    /// As [`KeyRing::check_offline`].
    pub fn check_operator(
        &self,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<OperatorClaims, AuthFailure> {
        let audience = &OperatorClaims::audience(issuer);
        let typ = OPERATOR;
        self.check_for_us(Expected { typ, audience }, token, issuer, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;
    use uuid::Uuid;

    const ISSUER: &str = "https://id.example.com";

    fn offline() -> OfflineClaims {
        OfflineClaims {
            iss: ISSUER.into(),
            aud: OfflineClaims::audience(ISSUER),
            sub: Uuid::from_u128(1),
            user_id: 1,
            role: "operator".into(),
            session_epoch: 1,
            event_id: 7,
            device_id: Some(3),
            dev_mac: Some("AA:BB:CC:DD:EE:FF".into()),
            token_type: "offline".into(),
            jti: "j".into(),
            iat: UnixTime(1000),
            exp: UnixTime(2000),
        }
    }

    fn operator() -> OperatorClaims {
        OperatorClaims {
            iss: ISSUER.into(),
            aud: OperatorClaims::audience(ISSUER),
            sub: Uuid::from_u128(1),
            user_id: 1,
            sid: Uuid::from_u128(2),
            role: "operator".into(),
            event_id: None,
            dev_type: "POS".into(),
            dev_mac: "AA:BB:CC:DD:EE:FF".into(),
            mode: 0,
            token_type: "operator".into(),
            iat: UnixTime(1000),
            exp: UnixTime(2000),
        }
    }

    #[test]
    fn each_is_read_back_and_taken_for_nothing_else() {
        let ring = KeyRing::generate(crate::Algorithm::EdDSA, &SystemEntropy, UnixTime(0)).unwrap();
        let now = UnixTime(1500);
        let signed = ring.sign_offline(&offline()).unwrap();
        assert_eq!(ring.check_offline(&signed, ISSUER, now), Ok(offline()));
        let same = ring.sign_operator(&operator()).unwrap();
        assert_eq!(same, ring.sign_operator(&operator()).unwrap());
        assert_eq!(ring.check_operator(&same, ISSUER, now), Ok(operator()));
        for token in [&signed, &same] {
            let wrong = Err(AuthFailure::WrongTokenType);
            assert_eq!(ring.check_access(token, ISSUER, now).map(drop), wrong);
            assert_eq!(ring.check_refresh(token, ISSUER, now).map(drop), wrong);
            assert_eq!(ring.check_pending(token, ISSUER, now).map(drop), wrong);
        }
        let late = UnixTime(2000);
        assert_eq!(
            ring.check_offline(&signed, ISSUER, late),
            Err(AuthFailure::ExpiredToken)
        );
        assert_eq!(
            ring.check_operator(&same, ISSUER, late),
            Err(AuthFailure::ExpiredToken)
        );
    }
}
