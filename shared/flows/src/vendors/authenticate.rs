//! Knowing a vendor's bearer.

use domain::vendor::Vendor;
use domain::{AuthFailure, Error};

use crate::{Postern, RequestMeta};

impl Postern {
    /// The vendor that bears `token`, as it is now. The signature, type and audience
    /// are checked in memory; then one round trip asks whether the vendor still
    /// stands, so that a lock or another password works on the very next request.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], as precisely as the bearer may know it.
    pub async fn authenticate_vendor(
        &self,
        token: &str,
        meta: &RequestMeta,
    ) -> Result<Vendor, Error> {
        let issuer = &self.settings().issuer;
        let check = || self.ring().check_vendor(token, issuer, meta.now);
        let claims = self.checked(token, meta.now, check).await?;
        let vendor = self.store().vendor(claims.sub).await?;
        let vendor = vendor.ok_or(Error::Unauthenticated(AuthFailure::BadToken))?;
        if !vendor.is_active() {
            return Err(Error::Unauthenticated(AuthFailure::Inactive));
        }
        if vendor.token_epoch != claims.token_epoch {
            return Err(Error::Unauthenticated(AuthFailure::BadToken));
        }
        Ok(vendor)
    }
}
