//! The row of the installation's origins: operators write it, every function reads it.

use domain::origin::Origins;

use crate::error::unless_refused;
use crate::item::{number, to_item};
use crate::key;
use crate::{Store, StoreError};

impl Store {
    /// The origins, if any were ever listed.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn origins(&self) -> Result<Option<Origins>, StoreError> {
        self.get(&key::origins()).await
    }

    /// Stores `next` where `before` still is, or where there still is nothing. Whether it
    /// did: of several that edit the lists at once, one wins, and the others must read
    /// what it made, or they would undo it.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn replace_origins(
        &self,
        before: Option<&Origins>,
        next: &Origins,
    ) -> Result<bool, StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::origins(), next, None)?));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("rev = :before")
                .expression_attribute_values(":before", number(before.rev)),
        };
        Ok(unless_refused("PutItem", put.send().await)?.is_some())
    }
}
