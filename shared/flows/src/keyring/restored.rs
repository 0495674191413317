//! After a table has been wound back: what it brings with it that must not hold.
//!
//! A backup has sessions that have ended since, and, where the whole table is a restored one,
//! the ring of then, whose signing keys may have been revoked since because they had
//! leaked. Nobody can tell, so all of that ends.

use domain::{Error, UnixTime};

use crate::Postern;

pub use store::Adopted;

impl Postern {
    /// Makes the main table what its restored copy, the table `copy`, is. The ring, the
    /// secrets and what may be used only once stay, and who was deleted stays deleted.
    /// Sessions are the caller's to end ([`Postern::end_all_sessions`]).
    ///
    /// # Errors
    /// [`Error::Unavailable`] if one of the tables does not answer.
    pub async fn adopt_restored(&self, copy: &str) -> Result<Adopted, Error> {
        Ok(self.store().adopt(copy).await?)
    }

    /// Ends every signing key of the ring and makes another: for a ring that was restored
    /// with its table. How many were ended.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table or KMS does not answer.
    pub async fn end_all_signing_keys(&self, now: UnixTime) -> Result<usize, Error> {
        let published = self.ring().published(now);
        let kids: Vec<String> = published.into_iter().map(|key| key.kid).collect();
        for kid in &kids {
            match self.revoke_signing_key(kid, now).await {
                // Ended with another's turn.
                Err(Error::Missing) => {}
                other => other?,
            }
        }
        Ok(kids.len())
    }
}
