//! The rows of the installation's secrets: operators write them, and each function reads
//! those that it uses.

use domain::UnixTime;
use domain::secret::SecretName;
use serde::{Deserialize, Serialize};

use crate::item::to_item;
use crate::key;
use crate::{Store, StoreError};

/// A secret as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSecret {
    /// The data key, wrapped for this secret alone.
    #[serde(with = "serde_bytes")]
    pub wrapped: Vec<u8>,
    /// The secret, sealed under the data key.
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
    /// When it was set.
    pub set_at: UnixTime,
}

impl Store {
    /// The secret of that name, if one was set.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn secret(&self, name: SecretName) -> Result<Option<StoredSecret>, StoreError> {
        self.get(&key::secret(name)).await
    }

    /// Sets it, in place of the one before.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_secret(
        &self,
        name: SecretName,
        secret: &StoredSecret,
    ) -> Result<(), StoreError> {
        let put = self.db.put_item().table_name(&*self.table);
        put.set_item(Some(to_item(&key::secret(name), secret, None)?))
            .send()
            .await
            .map(drop)
            .map_err(|e| StoreError::call("PutItem", &e))
    }

    /// Removes it, if it was set.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn remove_secret(&self, name: SecretName) -> Result<(), StoreError> {
        let delete = self.db.delete_item().table_name(&*self.table);
        delete
            .set_key(Some(key::secret(name).attributes()))
            .send()
            .await
            .map(drop)
            .map_err(|e| StoreError::call("DeleteItem", &e))
    }
}
