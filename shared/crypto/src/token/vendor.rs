//! Tokens of vendors (`vt+jwt`): another type and another audience than a user's, so
//! that neither opens what is the other's. Signed like access tokens, since it is the
//! vendors' own services that read them, by our published keys.

use domain::vendor::VendorClaims;

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
}
