//! The row of the key ring: every reader of the table can read it, and it is useless
//! without the key that wraps it.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::UnixTime;
use serde::{Deserialize, Serialize};

use crate::error::unless_refused;
use crate::item::to_item;
use crate::key;
use crate::{Store, StoreError};

/// The ring as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRing {
    /// The data key, wrapped by KMS or by the local file.
    #[serde(with = "serde_bytes")]
    pub wrapped: Vec<u8>,
    /// The ring, sealed under the data key.
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: UnixTime,
}

impl Store {
    /// The ring, if one was made.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn keyring(&self) -> Result<Option<StoredRing>, StoreError> {
        self.get(&key::keyring()).await
    }

    /// Stores the first ring. Whether it did: of several that try, one wins, and
    /// the others must read the winner's.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn create_keyring(&self, ring: &StoredRing) -> Result<bool, StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::keyring(), ring, None)?))
            .condition_expression("attribute_not_exists(pk)");
        Ok(unless_refused("PutItem", put.send().await)?.is_some())
    }

    /// Stores `next` where `before` still is. Whether it did: of several that
    /// rotate at once, one wins, and the others must read what it made.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn replace_keyring(
        &self,
        before: &StoredRing,
        next: &StoredRing,
    ) -> Result<bool, StoreError> {
        // A seal has a nonce of its own, so equal bytes are the same ring, unchanged.
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::keyring(), next, None)?))
            .condition_expression("sealed = :before")
            .expression_attribute_values(
                ":before",
                AttributeValue::B(Blob::new(before.sealed.clone())),
            );
        Ok(unless_refused("PutItem", put.send().await)?.is_some())
    }
}
