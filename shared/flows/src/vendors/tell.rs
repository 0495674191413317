//! Telling a vendor what happened.

use delivery::Letter;
use domain::vendor::Vendor;
use domain::{Error, platform};
use store::{Commit, Transaction};

use crate::budget::Budget;
use crate::postage::Purpose;
use crate::{Postern, RequestMeta, letters};

impl Postern {
    /// Warns a vendor that somebody guesses at it, in the language of the request.
    pub(super) async fn warn_vendor(&self, vendor: &Vendor, meta: &RequestMeta) {
        if let Some(address) = &vendor.email {
            let language = meta.language.as_deref().unwrap_or_default();
            let letter = &Letter::WrongPasswords;
            self.warn_at(None, address, letter, language, meta).await;
        }
    }

    /// Commits, and tells the vendor once it has happened. The letter's postage is paid
    /// meanwhile, so that it costs no round trip of its own; whether it can be sent
    /// changes nothing about what was written.
    pub(super) async fn commit_and_tell_vendor(
        &self,
        transaction: Transaction<'_>,
        vendor: &Vendor,
        letter: &Letter,
        meta: &RequestMeta,
    ) -> Result<Commit, Error> {
        let token = platform::uuid(self.entropy());
        let Some(address) = &vendor.email else {
            return Ok(transaction.commit(token).await?);
        };
        let purpose = Purpose::VendorNotice { vendor };
        let (committed, postage) = tokio::join!(
            transaction.commit(token),
            self.postage(meta, purpose, address),
        );
        let happened = matches!(committed, Ok(Commit::Done));
        let language = meta.language.as_deref().unwrap_or_default();
        let told = match postage {
            Ok(postage) if happened => {
                self.post(postage, address, letter, language, meta.now)
                    .await
            }
            Ok(_) => {
                self.unreserve(Budget::Letters, meta.now).await;
                Ok(())
            }
            Err(error) => Err(error),
        };
        if let Err(error) = told {
            letters::not_sent(&error);
        }
        Ok(committed?)
    }
}
