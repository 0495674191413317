//! What is remembered of an account's sign-ins, and whether they are blocked (nauth).

use aws_sdk_dynamodb::types::Update;
use domain::UnixTime;
use domain::password::PasswordCredential;
use domain::risk::RiskBlock;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{attribute, from_item, string};
use crate::key;
use crate::{Step, Store, StoreError, Transaction};

/// The row, of which each writer writes a part and leaves the other as it is.
#[derive(Default, Deserialize)]
struct Row {
    history: Option<String>,
    block: Option<RiskBlock>,
}

/// What the risk of a sign-in is weighed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskRecord {
    /// The account's sign-ins so far, sealed.
    pub history: Option<String>,
    /// Whether it is not to be signed in to.
    pub block: Option<RiskBlock>,
    /// Since when its password is the present one, if it has one.
    pub password_since: Option<UnixTime>,
}

impl Store {
    /// What the risk of a sign-in to an account is weighed by, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn risk_record(&self, sub: Uuid) -> Result<RiskRecord, StoreError> {
        let [row, password] = self.get_all([&key::risk(sub), &key::password(sub)]).await?;
        let row: Option<Row> = row.map(from_item).transpose()?;
        let Row { history, block } = row.unwrap_or_default();
        let password: Option<PasswordCredential> = password.map(from_item).transpose()?;
        Ok(RiskRecord {
            history,
            block,
            password_since: password.map(|password| password.changed_at),
        })
    }

    /// Ends the block of an account's sign-ins. Whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn unblock_sign_ins(&self, sub: Uuid) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::risk(sub).attributes()))
            .update_expression("REMOVE #block")
            .condition_expression("attribute_exists(#block)")
            .expression_attribute_names("#block", "block");
        Ok(unless_refused("UpdateItem", update.send().await)?.is_some())
    }
}

impl Transaction<'_> {
    /// Writes the sign-ins of an account so far, sealed. Of two at one moment the later one
    /// counts: what the other would have added costs its owner a second factor once.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn save_sign_in_history(self, sub: Uuid, history: &str) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET history = :history")
            .expression_attribute_values(":history", string(history));
        self.update(Step::Risk, &key::risk(sub), update)
    }

    /// Blocks the sign-ins of an account.
    ///
    /// # Errors
    /// As [`Transaction::save_sign_in_history`].
    pub fn block_sign_ins(self, sub: Uuid, block: RiskBlock) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET #block = :block")
            .expression_attribute_names("#block", "block")
            .expression_attribute_values(":block", attribute(&block)?);
        self.update(Step::Risk, &key::risk(sub), update)
    }

    /// Forgets the sign-ins of an account.
    ///
    /// # Errors
    /// As [`Transaction::save_sign_in_history`].
    pub fn forget_sign_in_history(self, sub: Uuid) -> Result<Self, StoreError> {
        self.delete(Step::Risk, &key::risk(sub))
    }
}
