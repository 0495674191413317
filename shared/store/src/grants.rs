//! Device grants: found by either code, polled, waited for.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::UnixTime;
use domain::device_grant::Grant;
use serde::{Deserialize, Serialize};

use crate::error::unless_refused;
use crate::item::{from_item, number, string};
use crate::{Store, StoreError, key};

/// Which grant a user code names.
#[derive(Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) grant: String,
    pub(crate) expires_at: UnixTime,
}

impl Store {
    /// The grant whose device code has this digest.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn grant(&self, digest: &str) -> Result<Option<Grant>, StoreError> {
        self.get(&key::grant(digest)).await
    }

    /// The grant whose user code has this keyed digest. Always two round trips, whether
    /// the code names one or not.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn grant_by_user_code(&self, digest: &str) -> Result<Option<Grant>, StoreError> {
        let named: Option<Named> = self.get(&key::user_code(digest)).await?;
        let digest = named.map(|named| named.grant).unwrap_or_default();
        self.grant(&digest).await
    }

    /// Notes a poll of a pending grant, and the interval that holds from now on.
    /// Whether it is still pending.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn note_poll(
        &self,
        grant: &Grant,
        now: UnixTime,
        interval: u64,
    ) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::grant(&grant.id).attributes()))
            .update_expression("SET polled_at = :now, #interval = :interval")
            .condition_expression("#state = :pending")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#interval", "interval")
            .expression_attribute_values(":pending", string("pending"))
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":interval", number(interval));
        Ok(unless_refused("UpdateItem", update.send().await)?.is_some())
    }

    /// Takes the only slot for a waiting poll at a pending grant until `until`. Whether
    /// it was free: a poll that vanished frees it by the passing of time.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn begin_wait(
        &self,
        grant: &Grant,
        now: UnixTime,
        until: UnixTime,
    ) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::grant(&grant.id).attributes()))
            .update_expression("SET waits_until = :until")
            .condition_expression(
                "#state = :pending AND (attribute_not_exists(waits_until) OR waits_until <= :now)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", string("pending"))
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":until", number(until.0));
        Ok(unless_refused("UpdateItem", update.send().await)?.is_some())
    }

    /// Frees the slot that [`Store::begin_wait`] took until `until`. The grant as it is
    /// then.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn end_wait(
        &self,
        grant: &Grant,
        until: UnixTime,
    ) -> Result<Option<Grant>, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::grant(&grant.id).attributes()))
            .update_expression("REMOVE waits_until")
            .condition_expression("waits_until = :until")
            .expression_attribute_values(":until", number(until.0))
            .return_values(ReturnValue::AllNew);
        let left = unless_refused("UpdateItem", update.send().await)?;
        left.and_then(|answer| answer.attributes)
            .map(from_item)
            .transpose()
    }
}
