//! How many accounts the directory lists, in a row for each of its shards.
//!
//! To count a million rows takes hundreds of reads, so the number is kept. It is written in
//! the transaction that makes an account, deletes it or restores it, and so is never wrong.
//! Sign-ups at the same moment meet on a row only if they are of the same shard, and then
//! wait for each other as any two transactions do.

use aws_sdk_dynamodb::types::Update;
use domain::account::User;

use super::{Step, Transaction};
use crate::item::number;
use crate::users::is_listed;
use crate::{StoreError, key};

impl Transaction<'_> {
    /// Counts that `after` stands where `before` stood.
    pub(super) fn count_listed(mut self, before: Option<&User>, after: Option<&User>) -> Self {
        let mut count = |user: Option<&User>, one: i64| {
            if let Some(user) = user.filter(|user| is_listed(user)) {
                *self.listed.entry(key::shard_of(user.sub)).or_default() += one;
            }
        };
        count(before, -1);
        count(after, 1);
        self
    }

    /// With what was counted: once a shard, since no transaction writes a row twice.
    pub(super) fn with_totals(mut self) -> Result<Self, StoreError> {
        for (shard, difference) in std::mem::take(&mut self.listed) {
            if difference == 0 {
                continue;
            }
            let update = Update::builder()
                .update_expression("ADD accounts :difference")
                .expression_attribute_values(":difference", number(difference));
            self = self.update(Step::CountListed, &key::directory_total(shard), update)?;
        }
        Ok(self)
    }
}
