//! Pictures that are shown, and uploads that are awaited.

use domain::UnixTime;
use domain::picture::{Format, Upload};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::item::to_item;
use crate::{Store, StoreError, key};

/// That a picture is shown, and by whom. Without this row the object is not served,
/// whatever became of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Shown {
    pub(crate) sub: Uuid,
    pub(crate) format: Format,
}

impl Store {
    /// What the picture of that name is, if any account shows it.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn picture(&self, name: &str) -> Result<Option<Format>, StoreError> {
        let shown: Option<Shown> = self.get(&key::picture(name)).await?;
        Ok(shown.map(|shown| shown.format))
    }

    /// The upload that an account may confirm, if it was allowed one.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn upload(&self, sub: Uuid, now: UnixTime) -> Result<Option<Upload>, StoreError> {
        let upload: Option<Upload> = self.get(&key::upload(sub)).await?;
        Ok(upload.filter(|upload| upload.expires_at > now))
    }

    /// Allows an account an upload, instead of any that it was allowed before.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn allow_upload(&self, sub: Uuid, upload: &Upload) -> Result<(), StoreError> {
        let item = to_item(&key::upload(sub), upload, Some(upload.expires_at))?;
        self.db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item))
            .send()
            .await
            .map_err(|error| StoreError::call("PutItem", &error))?;
        Ok(())
    }
}
