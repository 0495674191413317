//! Writing accounts, each on condition that it is the row that was read.

use aws_sdk_dynamodb::types::{ConditionCheck, Update};
use domain::UnixTime;
use domain::account::User;

use super::administrators::{Last, administers};
use super::{Step, Transaction, contact_claims};
use crate::StoreError;
use crate::item::{number, to_item};
use crate::key::{self, Key};
use crate::users::{Claim, user_item};

impl Transaction<'_> {
    /// Makes an account and claims its address, its number if that is proven, its
    /// username and integer id.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn create_user(self, user: &User) -> Result<Self, StoreError> {
        let claim = Claim { sub: user.sub };
        let mut this = self
            .put_new(Step::Create, user_item(user)?)?
            .count_listed(None, Some(user));
        if administers(user) {
            this = this.add_administrator(user)?;
        }
        let names = [
            key::username_claim(&user.username),
            key::uid_claim(user.uid),
        ];
        for key in contact_claims(user).chain(names) {
            this = this.put_new(Step::Create, to_item(&key, &claim, None)?)?;
        }
        Ok(this)
    }

    /// Makes the account `user` in place of `before`, which nobody has proven: its claims
    /// go over to the new one or are given back, and its row stays as a deleted one, so
    /// that its integer id is never used again.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn replace_user(self, user: &User, before: &User) -> Result<Self, StoreError> {
        let mut this = self
            .bury(before)?
            .put_new(Step::Create, user_item(user)?)?
            .count_listed(None, Some(user));
        let claim = Claim { sub: user.sub };
        let names = |user: &User| -> Vec<Key> {
            let username = key::username_claim(&user.username);
            contact_claims(user).chain([username]).collect()
        };
        let (new, old) = (names(user), names(before));
        for key in &new {
            this = match old.contains(key) {
                true => this.take_claim(key, user.sub, before.sub)?,
                false => this.put_new(Step::Create, to_item(key, &claim, None)?)?,
            };
        }
        for key in old.iter().filter(|key| !new.contains(key)) {
            this = this.delete_if(Step::Release, key, "sub", &before.sub.to_string())?;
        }
        this.put_new(
            Step::Create,
            to_item(&key::uid_claim(user.uid), &claim, None)?,
        )
    }

    /// Leaves the row of `user`, which nobody has proven, as a deleted one. Its names are
    /// the caller's to give back.
    pub(super) fn bury(self, user: &User) -> Result<Self, StoreError> {
        let buried = user.deleted(None);
        let item = to_item(&key::user(user.sub), &buried, None)?;
        let this = self.put_over(Step::EditUser, item, user.rev)?;
        Ok(this.count_listed(Some(user), Some(&buried)))
    }

    /// Writes `user` over the row that was read as `before`. Where that takes an
    /// administrator away, [`Step::KeepAdministrator`] refuses the last one.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn edit_user(self, user: &User, before: &User) -> Result<Self, StoreError> {
        self.put_over(Step::EditUser, user_item(user)?, before.rev)?
            .count_listed(Some(before), Some(user))
            .count_administrators(before, user, Last::Stays)
    }

    /// The same where even the last administrator goes: what must end ends, and an
    /// operator appoints another at the command line.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn edit_user_even_last(self, user: &User, before: &User) -> Result<Self, StoreError> {
        self.put_over(Step::EditUser, user_item(user)?, before.rev)?
            .count_listed(Some(before), Some(user))
            .count_administrators(before, user, Last::MayGo)
    }

    /// Writes that `user` was seen at `now`, if its epoch is still the one read.
    /// Touches nothing else, so it cannot undo an edit made meanwhile; and moves
    /// the revision on, so that such an edit cannot undo it.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn touch_user(self, user: &User, now: UnixTime) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET last_login_at = :now, rev = rev + :one")
            .expression_attribute_values(":one", number(1))
            .condition_expression("epoch = :epoch")
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":epoch", number(user.session_epoch));
        self.update(Step::CheckUser, &key::user(user.sub), update)
    }

    /// Ends the sign-ins of `user` that wait for an answer. Touches nothing else of the row,
    /// and moves its revision on, so that no edit undoes it.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn end_waiting_sign_ins(self, user: &User) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("ADD sign_in_epoch :one, rev :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", number(1));
        self.update(Step::CheckUser, &key::user(user.sub), update)
    }

    /// Writes that `user` was seen at `now`, if it is still the row that was read.
    /// Counts as no edit, so any number at once do not refuse each other.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn see_user(self, user: &User, now: UnixTime) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET last_login_at = :now")
            .condition_expression("rev = :rev")
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":rev", number(user.rev));
        self.update(Step::EditUser, &key::user(user.sub), update)
    }

    /// Demands that `user`'s epoch is still the one read: a lock, deletion or
    /// role change that came between refuses the whole transaction.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn check_user(self, user: &User) -> Result<Self, StoreError> {
        let check = ConditionCheck::builder()
            .condition_expression("epoch = :epoch")
            .expression_attribute_values(":epoch", number(user.session_epoch));
        self.check(Step::CheckUser, &key::user(user.sub), check)
    }
}
