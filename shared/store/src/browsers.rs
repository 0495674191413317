//! Browser sessions: what a cookie of the device page stands for.

use domain::UnixTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Store, StoreError, key};

/// A browser that a user signed in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browser {
    /// Whose it is.
    pub sub: Uuid,
    /// The session that the sign-in made, which has the last word.
    pub session: Uuid,
    /// When it ends.
    pub expires_at: UnixTime,
}

impl Store {
    /// The browser whose cookie has this digest.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn browser(&self, digest: &str) -> Result<Option<Browser>, StoreError> {
        self.get(&key::browser(digest)).await
    }

    /// Forgets a browser.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn delete_browser(&self, digest: &str) -> Result<(), StoreError> {
        self.db
            .delete_item()
            .table_name(&*self.table)
            .set_key(Some(key::browser(digest).attributes()))
            .send()
            .await
            .map(drop)
            .map_err(|e| StoreError::call("DeleteItem", &e))
    }
}
