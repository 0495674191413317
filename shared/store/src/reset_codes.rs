//! Codes that replace forgotten passwords (nauth).

use aws_sdk_dynamodb::types::{Delete, ReturnValue};
use domain::UnixTime;
use domain::password::reset_code::{ResetCode, TRIES};
use domain::time::DAY;

use crate::error::unless_refused;
use crate::item::{from_item, number, string, to_item};
use crate::key;
use crate::{Step, Store, StoreError, Transaction};

impl Store {
    /// Puts a code by the digest of what it was asked for with; one of before is void.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_reset_code(&self, digest: &str, code: &ResetCode) -> Result<(), StoreError> {
        let kept = code.expires_at.plus(DAY);
        let item = to_item(&key::reset_code(digest), code, Some(kept))?;
        self.put_token(item).await
    }

    /// The code of that digest.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn reset_code(&self, digest: &str) -> Result<Option<ResetCode>, StoreError> {
        self.get(&key::reset_code(digest)).await
    }

    /// Counts one try of the code that `nonce` names, before anything is compared. The row
    /// with it, or `None` if the code takes no more.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn count_reset_try(
        &self,
        digest: &str,
        nonce: &str,
        now: UnixTime,
    ) -> Result<Option<ResetCode>, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::reset_code(digest).attributes()))
            .update_expression("SET tries = tries + :one")
            .condition_expression("nonce = :nonce AND tries < :max AND expires_at > :now")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":max", number(TRIES))
            .expression_attribute_values(":nonce", string(nonce))
            .expression_attribute_values(":now", number(now.0))
            .return_values(ReturnValue::AllNew);
        let answer = unless_refused("UpdateItem", update.send().await)?;
        let row = answer.and_then(|answer| answer.attributes);
        row.map(from_item).transpose()
    }

    /// Takes a try back that was right, but whose new password will not do.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn refund_reset_try(&self, digest: &str, nonce: &str) -> Result<(), StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::reset_code(digest).attributes()))
            .update_expression("SET tries = tries - :one")
            .condition_expression("nonce = :nonce AND tries >= :one")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":nonce", string(nonce));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }
}

impl Transaction<'_> {
    /// Spends the code that `nonce` names.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item.
    pub fn spend_reset_code(self, digest: &str, nonce: &str) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .condition_expression("nonce = :nonce")
            .expression_attribute_values(":nonce", string(nonce));
        self.push_delete(Step::SpendToken, &key::reset_code(digest), delete)
    }
}
