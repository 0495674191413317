//! Telling a vendor what happened.

use delivery::Letter;
use domain::vendor::Vendor;
use domain::{Error, platform};
use store::{Commit, Transaction};

use crate::budget::Budget;
use crate::{Postern, RequestMeta, letters};

impl Postern {
    /// Sends a vendor a letter that only tells, in the language of the request.
    pub(super) async fn tell_vendor(&self, vendor: &Vendor, letter: &Letter, meta: &RequestMeta) {
        if let Some(address) = &vendor.email {
            let language = meta.language.as_deref().unwrap_or_default();
            self.notify(address, letter, language, meta.now).await;
        }
    }

    /// Commits, and tells the vendor once it has happened. The letter is reserved
    /// meanwhile, so that it costs no round trip of its own.
    pub(super) async fn commit_and_tell_vendor(
        &self,
        transaction: Transaction<'_>,
        vendor: &Vendor,
        letter: &Letter,
        meta: &RequestMeta,
    ) -> Result<Commit, Error> {
        let (committed, reserved) = tokio::join!(
            transaction.commit(platform::uuid(self.entropy())),
            self.reserve(Budget::Letters, meta.now),
        );
        let language = meta.language.as_deref().unwrap_or_default();
        let told = match (reserved, &committed, &vendor.email) {
            (Ok(()), Ok(Commit::Done), Some(address)) => {
                self.post(address, letter, language, meta.now).await
            }
            (Ok(()), ..) => {
                self.unreserve(Budget::Letters, meta.now).await;
                Ok(())
            }
            (Err(error), ..) => Err(error),
        };
        if let Err(error) = told {
            letters::not_sent(&error);
        }
        Ok(committed?)
    }
}
