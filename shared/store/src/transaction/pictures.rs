//! Pictures in transactions: shown and removed with the edit of the account that
//! says which one it is.

use aws_sdk_dynamodb::types::Delete;
use domain::UnixTime;
use domain::picture::Format;
use uuid::Uuid;

use super::{Step, Transaction};
use crate::StoreError;
use crate::item::{number, string, to_item};
use crate::key;
use crate::pictures::Shown;

impl Transaction<'_> {
    /// Lets the picture of that name be seen.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn show_picture(self, name: &str, sub: Uuid, format: Format) -> Result<Self, StoreError> {
        let item = to_item(&key::picture(name), &Shown { sub, format }, None)?;
        self.put_new(Step::Create, item)
    }

    /// Lets the picture of that name be seen no more.
    ///
    /// # Errors
    /// As [`Transaction::show_picture`].
    pub fn hide_picture(self, name: &str) -> Result<Self, StoreError> {
        self.delete(Step::Release, &key::picture(name))
    }

    /// Spends the upload `id` that an account was allowed.
    ///
    /// # Errors
    /// As [`Transaction::show_picture`].
    pub fn spend_upload(self, sub: Uuid, id: Uuid, now: UnixTime) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .condition_expression("id = :id AND expires_at > :now")
            .expression_attribute_values(":id", string(id))
            .expression_attribute_values(":now", number(now.0));
        self.push_delete(Step::SpendUpload, &key::upload(sub), delete)
    }

    /// Forgets the upload that an account was allowed, if it was.
    ///
    /// # Errors
    /// As [`Transaction::show_picture`].
    pub fn delete_upload(self, sub: Uuid) -> Result<Self, StoreError> {
        self.delete(Step::Release, &key::upload(sub))
    }
}
