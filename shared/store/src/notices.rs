//! Notices that wait at an account or a vendor: one row of them, and a flag on the
//! account's own row, so that requests of accounts without any read nothing for it.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{attribute, number, string};
use crate::key::{self, Key};
use crate::{Store, StoreError};

/// At whom notices wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeOwner {
    /// A user's account.
    User(Uuid),
    /// A vendor.
    Vendor(Uuid),
}

impl NoticeOwner {
    /// The row of the notices.
    pub(crate) fn notices(self) -> Key {
        match self {
            Self::User(sub) => key::notices(sub),
            Self::Vendor(id) => key::vendor_notices(id),
        }
    }

    /// The row that says whether any wait.
    fn row(self) -> Key {
        match self {
            Self::User(sub) => key::user(sub),
            Self::Vendor(id) => key::vendor(id),
        }
    }
}

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
        owner: NoticeOwner,
        notice: &WaitingNotice,
        most: usize,
    ) -> Result<(), StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(owner.notices().attributes()))
            .update_expression("SET #waiting = list_append(if_not_exists(#waiting, :none), :one)")
            .condition_expression("attribute_not_exists(#waiting) OR size(#waiting) < :most")
            .expression_attribute_names("#waiting", "waiting")
            .expression_attribute_values(":none", AttributeValue::L(Vec::new()))
            .expression_attribute_values(":one", AttributeValue::L(vec![attribute(notice)?]))
            .expression_attribute_values(":most", number(most));
        unless_refused("UpdateItem", update.send().await)?;
        self.set_notices_wait(owner, true).await
    }

    /// What waits, oldest first.
    ///
    /// # Errors
    /// As [`Store::keep_notice`].
    pub async fn waiting_notices(
        &self,
        owner: NoticeOwner,
    ) -> Result<Vec<WaitingNotice>, StoreError> {
        let row: Option<Waiting> = self.get(&owner.notices()).await?;
        Ok(row.unwrap_or_default().waiting)
    }

    /// Takes the oldest, if it is that one. Whether it was: of several that take it, one
    /// sends it.
    ///
    /// # Errors
    /// As [`Store::keep_notice`].
    pub async fn take_notice(
        &self,
        owner: NoticeOwner,
        notice: &WaitingNotice,
    ) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(owner.notices().attributes()))
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
    pub async fn set_notices_wait(&self, owner: NoticeOwner, wait: bool) -> Result<(), StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(owner.row().attributes()))
            .update_expression("SET notices_wait = :wait, rev = if_not_exists(rev, :zero) + :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":wait", AttributeValue::Bool(wait))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":one", number(1));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }
}
