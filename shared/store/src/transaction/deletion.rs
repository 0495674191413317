//! Deleting and restoring accounts: who last left an address, and taking an
//! address back.

use aws_sdk_dynamodb::types::Put;
use domain::account::User;
use uuid::Uuid;

use super::{Step, Transaction, contact_claims};
use crate::item::to_item;
use crate::notices::NoticeOwner;
use crate::users::Claim;
use crate::{StoreError, key};

impl Transaction<'_> {
    /// Remembers that `sub` is the account that last left the address of this keyed
    /// digest.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn remember_leaver(self, digest: &str, sub: Uuid) -> Result<Self, StoreError> {
        let item = to_item(&key::leaver(digest), &Claim { sub }, None)?;
        self.put(Step::Release, Put::builder().set_item(Some(item)))
    }

    /// Forgets that `sub` is the account that last left the address of this keyed digest,
    /// unless another has left it since.
    ///
    /// # Errors
    /// As [`Transaction::remember_leaver`].
    pub fn forget_leaver(self, digest: &str, sub: Uuid) -> Result<Self, StoreError> {
        self.release_if_held(&key::leaver(digest), sub)
    }

    /// Forgets the notices that wait at the account or vendor: they name its address and
    /// where it was used, and no later sign-in could send them.
    ///
    /// # Errors
    /// As [`Transaction::remember_leaver`].
    pub fn delete_notices(self, owner: NoticeOwner) -> Result<Self, StoreError> {
        self.delete(Step::Release, &owner.notices())
    }

    /// Claims what an account can be written to and its username; it still has its
    /// integer id.
    ///
    /// # Errors
    /// As [`Transaction::remember_leaver`].
    pub fn claim_names(self, user: &User) -> Result<Self, StoreError> {
        let claim = Claim { sub: user.sub };
        let mut this = self;
        for key in contact_claims(user).chain([key::username_claim(&user.username)]) {
            this = this.put_new(Step::Create, to_item(&key, &claim, None)?)?;
        }
        Ok(this)
    }
}
