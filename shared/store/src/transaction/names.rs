//! Names in transactions: another claim for the one before.

use domain::account::User;
use domain::username::LoginName;
use uuid::Uuid;

use super::{Step, Transaction};
use crate::StoreError;
use crate::item::to_item;
use crate::key::{self, Key};
use crate::passwords::claim_of;
use crate::users::Claim;

impl Transaction<'_> {
    /// Claims for `sub` the name `after` and gives `before` back. Nothing, if both
    /// are one claim.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item.
    pub fn swap_claim(
        self,
        sub: Uuid,
        before: &LoginName,
        after: &LoginName,
    ) -> Result<Self, StoreError> {
        self.swap_key(sub, Some(claim_of(before)), Some(claim_of(after)))
    }

    fn swap_key(
        self,
        sub: Uuid,
        before: Option<Key>,
        after: Option<Key>,
    ) -> Result<Self, StoreError> {
        if before == after {
            return Ok(self);
        }
        let mut this = self;
        if let Some(new) = after {
            this = this.put_new(Step::Create, to_item(&new, &Claim { sub }, None)?)?;
        }
        if let Some(old) = before {
            this = this.delete_if(Step::Release, &old, "sub", &sub.to_string())?;
        }
        Ok(this)
    }

    /// Claims the names of `after` that are not those of `before`, and gives the
    /// latter back.
    ///
    /// # Errors
    /// As [`Transaction::swap_claim`].
    pub fn swap_names(self, before: &User, after: &User) -> Result<Self, StoreError> {
        let username = |user: &User| LoginName::typed(&user.username);
        let email = |user: &User| user.email.as_ref().map(key::email_claim);
        let phone = |user: &User| user.proven_phone().as_ref().map(key::phone_claim);
        self.swap_claim(before.sub, &username(before), &username(after))?
            .swap_key(before.sub, email(before), email(after))?
            .swap_key(before.sub, phone(before), phone(after))
    }
}
