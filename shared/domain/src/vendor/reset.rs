//! The way back to a vendor's forgotten password: the one-time token that users have,
//! checked against a vendor.

use crate::UnixTime;
use crate::password::reset::{LIFETIME, ResetToken};

use super::Vendor;

impl ResetToken {
    /// A fresh record for the vendor that has the address.
    #[must_use]
    pub fn for_vendor(vendor: Option<&Vendor>, now: UnixTime) -> Self {
        Self {
            sub: vendor.map(|vendor| vendor.id),
            session_epoch: vendor.map_or(0, |vendor| vendor.token_epoch),
            expires_at: now.plus(LIFETIME),
            spent_at: None,
        }
    }

    /// Whether it replaces the password of `vendor`, as that is now.
    #[must_use]
    pub fn is_good_for(&self, vendor: &Vendor, now: UnixTime) -> bool {
        self.sub == Some(vendor.id)
            && self.session_epoch == vendor.token_epoch
            && self.spent_at.is_none()
            && self.expires_at > now
            && vendor.is_active()
    }
}
