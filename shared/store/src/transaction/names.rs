//! Names in transactions: another claim for the one before.

use domain::account::User;
use domain::username::LoginName;
use uuid::Uuid;

use super::{Step, Transaction};
use crate::StoreError;
use crate::item::to_item;
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
        let (old, new) = (claim_of(before), claim_of(after));
        if old == new {
            return Ok(self);
        }
        self.put_new(Step::Create, to_item(&new, &Claim { sub }, None)?)?
            .delete_if(Step::Release, &old, "sub", &sub.to_string())
    }

    /// Claims the names of `after` that are not those of `before`, and gives the
    /// latter back.
    ///
    /// # Errors
    /// As [`Transaction::swap_claim`].
    pub fn swap_names(self, before: &User, after: &User) -> Result<Self, StoreError> {
        let username = |user: &User| LoginName::typed(&user.username);
        let this = self.swap_claim(before.sub, &username(before), &username(after))?;
        match (&before.email, &after.email) {
            (Some(old), Some(new)) if old != new => this.swap_claim(
                before.sub,
                &LoginName::Email(old.clone()),
                &LoginName::Email(new.clone()),
            ),
            _ => Ok(this),
        }
    }
}
