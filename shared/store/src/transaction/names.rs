//! Names in transactions: another claim for the one before.

use aws_sdk_dynamodb::types::{Delete, Put};
use domain::account::User;
use uuid::Uuid;

use super::{Step, Transaction};
use crate::StoreError;
use crate::item::{string, to_item};
use crate::key::{self, Key};
use crate::users::Claim;

impl Transaction<'_> {
    /// Claims `after` for `sub` and gives `before` back. Nothing, if both are one
    /// claim.
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

    /// Claims the username of `after` instead of that of `before`, if it is another. A
    /// name from before names had one form may be claimed under either of two keys: both
    /// are given back.
    fn swap_username(self, before: &User, after: &User) -> Result<Self, StoreError> {
        let claimed = key::username_claim(&before.username);
        let former = key::username_claim_of_before(&before.username);
        if before.username == after.username {
            return Ok(self);
        }
        if claimed == former {
            let new = key::username_claim(&after.username);
            return self.swap_key(before.sub, Some(claimed), Some(new));
        }
        self.respell_username(before, after)
    }

    /// Claims the username of `after` for an account of before names had one form,
    /// which may be what it has already, and gives back what else it has.
    ///
    /// # Errors
    /// As [`Transaction::part_names`].
    pub fn respell_username(self, before: &User, after: &User) -> Result<Self, StoreError> {
        let claimed = key::username_claim(&before.username);
        let former = key::username_claim_of_before(&before.username);
        let new = key::username_claim(&after.username);
        let mut this = self.claim_if_free(&new, before.sub)?;
        let both = claimed != former;
        for old in std::iter::once(claimed).chain(both.then_some(former)) {
            if old != new {
                this = this.release_if_held(&old, before.sub)?;
            }
        }
        Ok(this)
    }

    /// Writes `after` over `before`, an account whose username is another's in a
    /// spelling of before names had one form: claims the other name that it is given,
    /// and gives back only its own spelling.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item.
    pub fn part_names(self, before: &User, after: &User) -> Result<Self, StoreError> {
        let new = key::username_claim(&after.username);
        let former = key::username_claim_of_before(&before.username);
        let claim = to_item(&new, &Claim { sub: before.sub }, None)?;
        self.edit_user(after, before)?
            .put_new(Step::Create, claim)?
            .release_if_held(&former, before.sub)
    }

    /// Gives the username of a deleted account back, wherever it is claimed.
    pub(super) fn release_username(self, user: &User) -> Result<Self, StoreError> {
        let claimed = key::username_claim(&user.username);
        let former = key::username_claim_of_before(&user.username);
        if claimed == former {
            return self.delete_if(Step::Release, &claimed, "sub", &user.sub.to_string());
        }
        self.release_if_held(&claimed, user.sub)?
            .release_if_held(&former, user.sub)
    }

    /// Claims `key` for `sub`, which `from` held.
    pub(super) fn take_claim(self, key: &Key, sub: Uuid, from: Uuid) -> Result<Self, StoreError> {
        let put = Put::builder()
            .set_item(Some(to_item(key, &Claim { sub }, None)?))
            .condition_expression("#sub = :from")
            .expression_attribute_names("#sub", "sub")
            .expression_attribute_values(":from", string(from));
        self.put(Step::Create, put)
    }

    /// Claims `key`, unless another account holds it.
    fn claim_if_free(self, key: &Key, sub: Uuid) -> Result<Self, StoreError> {
        let put = Put::builder()
            .set_item(Some(to_item(key, &Claim { sub }, None)?))
            .condition_expression("attribute_not_exists(pk) OR #sub = :sub")
            .expression_attribute_names("#sub", "sub")
            .expression_attribute_values(":sub", string(sub));
        self.put(Step::Create, put)
    }

    /// Gives `key` back, unless another account holds it: refused then.
    pub(super) fn release_if_held(self, key: &Key, sub: Uuid) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .condition_expression("attribute_not_exists(pk) OR #sub = :sub")
            .expression_attribute_names("#sub", "sub")
            .expression_attribute_values(":sub", string(sub));
        self.push_delete(Step::Release, key, delete)
    }

    /// Claims the names of `after` that are not those of `before`, and gives the
    /// latter back.
    ///
    /// # Errors
    /// As [`Transaction::part_names`].
    pub fn swap_names(self, before: &User, after: &User) -> Result<Self, StoreError> {
        let email = |user: &User| user.email.as_ref().map(key::email_claim);
        let phone = |user: &User| user.proven_phone().as_ref().map(key::phone_claim);
        self.swap_username(before, after)?
            .swap_key(before.sub, email(before), email(after))?
            .swap_key(before.sub, phone(before), phone(after))
    }

    /// The same for an account that moves to the address of `replaced`, which nobody has
    /// proven: that one's claim goes over to it, and the account itself is deleted.
    ///
    /// # Errors
    /// As [`Transaction::part_names`].
    pub fn swap_names_replacing(
        self,
        before: &User,
        after: &User,
        replaced: &User,
    ) -> Result<Self, StoreError> {
        let email = |user: &User| user.email.as_ref().map(key::email_claim);
        let phone = |user: &User| user.proven_phone().as_ref().map(key::phone_claim);
        let mut this = self
            .bury(replaced)?
            .release_username(replaced)?
            .swap_username(before, after)?
            .swap_key(before.sub, phone(before), phone(after))?;
        if let Some(taken) = email(after) {
            this = this.take_claim(&taken, after.sub, replaced.sub)?;
        }
        match email(before) {
            Some(old) => this.delete_if(Step::Release, &old, "sub", &before.sub.to_string()),
            None => Ok(this),
        }
    }
}
