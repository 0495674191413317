//! API keys in transactions: the row by which a key is found, put and removed
//! with the edit of the account that says which one is in force.

use domain::account::User;

use super::{Step, Transaction};
use crate::item::to_item;
use crate::users::Claim;
use crate::{StoreError, key};

impl Transaction<'_> {
    /// Lets `user` be found by the key that it now has.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn register_api_key(self, user: &User) -> Result<Self, StoreError> {
        let Some(kept) = &user.api_key else {
            return Ok(self);
        };
        let claim = Claim { sub: user.sub };
        let item = to_item(&key::api_key(&kept.fingerprint), &claim, None)?;
        self.put_new(Step::Create, item)
    }

    /// Removes the row of the key that `user` had, if it had one. The edit that
    /// took it from the account is what ends it; this leaves nothing behind.
    ///
    /// # Errors
    /// As [`Transaction::register_api_key`].
    pub fn remove_api_key(self, user: &User) -> Result<Self, StoreError> {
        match &user.api_key {
            Some(kept) => self.delete(Step::Release, &key::api_key(&kept.fingerprint)),
            None => Ok(self),
        }
    }
}
