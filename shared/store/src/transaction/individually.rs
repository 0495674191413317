//! The writes of a transaction without the transaction, at half the price.
//!
//! DynamoDB bills a write twice where it must be part of an all or nothing. Where
//! nothing is spent and every part by itself does no harm, the parts can be written side
//! by side, as at a sign-in by a reusable proof. Its session is dead if the account moved
//! on meanwhile, in whichever order they were written, because it names the epoch that
//! was read.

use aws_sdk_dynamodb::types::{Put, Update};
use futures_util::future::join_all;

use super::{Commit, Step, Transaction};
use crate::error::unless_refused;
use crate::{Store, StoreError};

impl Transaction<'_> {
    /// Writes each part by itself, all at once. Only for updates and puts of which
    /// any may be written without the others.
    ///
    /// # Errors
    /// [`StoreError`] if any of them could not be written; the others may have
    /// been.
    pub async fn write_individually(self) -> Result<Commit, StoreError> {
        let store = self.store;
        let writes = self.writes.into_iter().map(|(step, write)| async move {
            let written = match (write.update, write.put) {
                (Some(update), None) => store.update_alone(update).await?,
                // A name that is new and random is free: a row that is there is this one, whose answer was lost.
                (None, Some(put)) if matches!(step, Step::Begin | Step::Audit) => {
                    store.put_alone(put).await?;
                    true
                }
                _ => return Err(StoreError::Corrupt("a write that stands alone".to_owned())),
            };
            Ok((step, written))
        });
        let mut refused = None;
        for outcome in join_all(writes).await {
            let (step, written) = outcome?;
            if !written {
                refused = refused.or(Some(step));
            }
        }
        Ok(refused.map_or(Commit::Done, Commit::Refused))
    }
}

impl Store {
    /// Whether the update was made: not if its condition does not hold.
    async fn update_alone(&self, update: Update) -> Result<bool, StoreError> {
        let call = self
            .db
            .update_item()
            .table_name(update.table_name)
            .set_key(Some(update.key))
            .update_expression(update.update_expression)
            .set_condition_expression(update.condition_expression)
            .set_expression_attribute_names(update.expression_attribute_names)
            .set_expression_attribute_values(update.expression_attribute_values);
        Ok(unless_refused("UpdateItem", call.send().await)?.is_some())
    }

    async fn put_alone(&self, put: Put) -> Result<(), StoreError> {
        let call = self
            .db
            .put_item()
            .table_name(put.table_name)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression);
        unless_refused("PutItem", call.send().await).map(drop)
    }
}
