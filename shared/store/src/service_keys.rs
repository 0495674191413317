//! API keys of services: one row each, found by the id that the key names.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use domain::service_key::ServiceKey;

use crate::item::to_item;
use crate::transaction::{Step, Transaction};
use crate::{Store, StoreError, key};

impl Store {
    /// The key of that id.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn service_key(&self, id: u64) -> Result<Option<ServiceKey>, StoreError> {
        self.get(&key::service_key(id)).await
    }
}

impl Transaction<'_> {
    /// Puts a key whose id is free.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn create_service_key(self, kept: &ServiceKey) -> Result<Self, StoreError> {
        let item = to_item(&key::service_key(kept.id), kept, None)?;
        self.put_new(Step::Create, item)
    }

    /// Removes a key, if it is still there.
    ///
    /// # Errors
    /// As [`Transaction::create_service_key`].
    pub fn remove_service_key(self, id: u64) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .table_name(self.table())
            .set_key(Some(key::service_key(id).attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|_| StoreError::corrupt::<TransactWriteItem>())?;
        let write = TransactWriteItem::builder().delete(delete).build();
        Ok(self.with(Step::Remove, write))
    }
}
