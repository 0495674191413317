//! Finding the account that an API key belongs to, and the account that last
//! left an address.

use domain::account::User;
use uuid::Uuid;

use crate::users::Claim;
use crate::{Store, StoreError, key};

impl Store {
    /// The account whose API key in force has this fingerprint. The row of the
    /// key finds it; the account has the last word.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn user_of_api_key(&self, fingerprint: &str) -> Result<Option<User>, StoreError> {
        let claim: Option<Claim> = self.get(&key::api_key(fingerprint)).await?;
        let Some(Claim { sub }) = claim else {
            return Ok(None);
        };
        let in_force = |user: &User| {
            let kept = user.api_key.as_ref();
            kept.is_some_and(|kept| {
                kept.fingerprint == fingerprint && kept.is_of(user.session_epoch)
            })
        };
        Ok(self.user(sub).await?.filter(in_force))
    }

    /// The account that last left the address of this keyed digest.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn leaver(&self, digest: &str) -> Result<Option<Uuid>, StoreError> {
        let claim: Option<Claim> = self.get(&key::leaver(digest)).await?;
        Ok(claim.map(|claim| claim.sub))
    }
}
