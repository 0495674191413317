//! Codes that replace forgotten passwords (nauth).

use aws_sdk_dynamodb::types::{Delete, ReturnValue};
use domain::UnixTime;
use domain::email_code::NetworkKind;
use domain::password::reset_code::{ResetCode, TRIES};
use domain::time::DAY;

use crate::error::unless_refused;
use crate::item::{from_item, number, string, to_item};
use crate::key;
use crate::{Step, Store, StoreError, Transaction};

/// Where the tries from one kind of network stand in the row.
const fn tries_attribute(network_kind: NetworkKind) -> &'static str {
    match network_kind {
        NetworkKind::Known => "known_tries",
        NetworkKind::Unknown => "strange_tries",
    }
}

impl Store {
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
        network_kind: NetworkKind,
        now: UnixTime,
    ) -> Result<Option<ResetCode>, StoreError> {
        let tries = tries_attribute(network_kind);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::reset_code(digest).attributes()))
            .update_expression(format!("SET {tries} = {tries} + :one, rev = rev + :one"))
            .condition_expression(format!(
                "nonce = :nonce AND {tries} < :max AND expires_at > :now"
            ))
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
    pub async fn refund_reset_try(
        &self,
        digest: &str,
        nonce: &str,
        network_kind: NetworkKind,
    ) -> Result<(), StoreError> {
        let tries = tries_attribute(network_kind);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::reset_code(digest).attributes()))
            .update_expression(format!("SET {tries} = {tries} - :one, rev = rev + :one"))
            .condition_expression(format!("nonce = :nonce AND {tries} >= :one"))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":nonce", string(nonce));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }
}

impl Transaction<'_> {
    /// Puts a code by the digest of what it was asked for with, if the row is still at the
    /// revision that `code` follows.
    ///
    /// # Errors
    /// [`StoreError`] if the row cannot be written as one.
    pub fn put_reset_code(self, digest: &str, code: &ResetCode) -> Result<Self, StoreError> {
        let kept = code.expires_at.plus(DAY);
        let item = to_item(&key::reset_code(digest), code, Some(kept))?;
        match code.rev - 1 {
            0 => self.put_new(Step::ResetCode, item),
            before => self.put_over(Step::ResetCode, item, before),
        }
    }

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
