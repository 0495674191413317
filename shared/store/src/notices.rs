//! Notices that wait at an account: one row of them, and a mark on the account, so that
//! requests of accounts without any read nothing for it.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{attribute, number, string};
use crate::{Store, StoreError, key};

/// A notice that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingNotice {
    /// Its name.
    pub id: Uuid,
    /// The letter and its recipient, sealed for the account.
    pub letter: String,
}

#[derive(Default, Deserialize)]
struct Waiting {
    #[serde(default)]
    waiting: Vec<WaitingNotice>,
}

impl Store {
    /// Keeps a notice behind those that wait already, unless `most` do: then it is lost.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer, here and below.
    pub async fn keep_notice(
        &self,
        sub: Uuid,
        notice: &WaitingNotice,
        most: usize,
    ) -> Result<(), StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::notices(sub).attributes()))
            .update_expression("SET #waiting = list_append(if_not_exists(#waiting, :none), :one)")
            .condition_expression("attribute_not_exists(#waiting) OR size(#waiting) < :most")
            .expression_attribute_names("#waiting", "waiting")
            .expression_attribute_values(":none", AttributeValue::L(Vec::new()))
            .expression_attribute_values(":one", AttributeValue::L(vec![attribute(notice)?]))
            .expression_attribute_values(":most", number(most));
        unless_refused("UpdateItem", update.send().await)?;
        self.mark_notices(sub, true).await
    }

    /// What waits, oldest first.
    ///
    /// # Errors
    /// As [`Store::keep_notice`].
    pub async fn waiting_notices(&self, sub: Uuid) -> Result<Vec<WaitingNotice>, StoreError> {
        let row: Option<Waiting> = self.get(&key::notices(sub)).await?;
        Ok(row.unwrap_or_default().waiting)
    }

    /// Takes the oldest, if it is that one. Whether it was: of several that take it, one
    /// sends it.
    ///
    /// # Errors
    /// As [`Store::keep_notice`].
    pub async fn take_notice(&self, sub: Uuid, notice: &WaitingNotice) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::notices(sub).attributes()))
            .update_expression("REMOVE #waiting[0]")
            .condition_expression("#waiting[0].id = :id")
            .expression_attribute_names("#waiting", "waiting")
            .expression_attribute_values(":id", string(notice.id));
        Ok(unless_refused("UpdateItem", update.send().await)?.is_some())
    }

    /// Writes at the account whether notices wait. An edit that was read before it is
    /// refused, and made again.
    ///
    /// # Errors
    /// As [`Store::keep_notice`].
    pub async fn mark_notices(&self, sub: Uuid, wait: bool) -> Result<(), StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::user(sub).attributes()))
            .update_expression("SET notices_wait = :wait, rev = rev + :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":wait", AttributeValue::Bool(wait))
            .expression_attribute_values(":one", number(1));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }
}
