//! Tokens of vendors (`vt+jwt`): another type and another audience than a user's, so
//! that neither opens what is the other's. Signed like access tokens, since it is the
//! vendors' own services that read them, by our published keys.

use domain::vendor::VendorClaims;
use domain::{AuthFailure, UnixTime};

use super::jwt::Expected;
use super::typ::VENDOR;
use crate::{CryptoError, KeyRing};

impl KeyRing {
    /// Signs a vendor's token with the key in force when it is made.
    ///
    /// # Errors
    /// [`CryptoError::Signing`] if the key cannot sign.
    pub fn sign_vendor(&self, claims: &VendorClaims) -> Result<String, CryptoError> {
        self.sign_for_all(VENDOR, claims)
    }
    /// The claims of a vendor's token of ours that is good at `now`.
    ///
    /// # Errors
    /// Which failure it is: not ours, too old, or another kind of token.
    pub fn check_vendor(
        &self,
        token: &str,
        issuer: &str,
        now: UnixTime,
    ) -> Result<VendorClaims, AuthFailure> {
        let audience = &VendorClaims::audience(issuer);
        let typ = VENDOR;
        self.check_for_all(Expected { typ, audience }, token, issuer, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;
    use uuid::Uuid;

    const ISSUER: &str = "https://id.example.com";

    fn claims() -> VendorClaims {
        VendorClaims {
            iss: ISSUER.into(),
            aud: VendorClaims::audience(ISSUER),
            sub: Uuid::from_u128(1),
            user_id: 7,
            token_epoch: 3,
            is_admin: false,
            role: "vendor".into(),
            token_type: "vendor".into(),
            jti: Uuid::from_u128(2),
            iat: UnixTime(1000),
            exp: UnixTime(2000),
        }
    }

    #[test]
    fn a_vendors_token_is_read_back_and_taken_for_nothing_else() {
        let ring = KeyRing::generate(crate::Algorithm::EdDSA, &SystemEntropy, UnixTime(0)).unwrap();
        let now = UnixTime(1500);
        let signed = ring.sign_vendor(&claims()).unwrap();
        assert_eq!(ring.check_vendor(&signed, ISSUER, now), Ok(claims()));
        let wrong = Err(AuthFailure::WrongTokenType);
        assert_eq!(ring.check_access(&signed, ISSUER, now).map(drop), wrong);
        assert_eq!(ring.check_offline(&signed, ISSUER, now).map(drop), wrong);
        let late = ring.check_vendor(&signed, ISSUER, UnixTime(2000));
        assert_eq!(late, Err(AuthFailure::ExpiredToken));
        let elsewhere = ring.check_vendor(&signed, "https://evil.example", now);
        assert_eq!(elsewhere, Err(AuthFailure::BadToken));
        let users = VendorClaims {
            aud: ISSUER.into(),
            ..claims()
        };
        let signed = ring.sign_vendor(&users).unwrap();
        let refused = ring.check_vendor(&signed, ISSUER, now);
        assert_eq!(refused, Err(AuthFailure::BadToken), "another audience");
    }
}
