//! Warning a vendor of guesses at its password.

use delivery::Letter;
use domain::vendor::Vendor;

use crate::{Postern, RequestMeta};

impl Postern {
    /// Warns a vendor of guesses at its password, in the language of the request.
    pub(super) async fn warn_vendor(&self, vendor: &Vendor, meta: &RequestMeta) {
        if let Some(address) = &vendor.email {
            let language = meta.language.as_deref().unwrap_or_default();
            let letter = &Letter::WrongPasswords;
            self.warn_address(None, address, letter, language, meta)
                .await;
        }
    }
}
