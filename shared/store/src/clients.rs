//! Registered clients: a handful of rows that operators write.

use domain::client::Client;

use crate::error::unless_refused;
use crate::item::{attribute, from_item, number, string, to_item};
use crate::key::{self, CLIENTS, PK};
use crate::{Store, StoreError};

impl Store {
    /// The client of this `client_id`.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn client(&self, id: &str) -> Result<Option<Client>, StoreError> {
        self.get(&key::client(id)).await
    }

    /// Registers a client. Whether its `client_id` was free.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn add_client(&self, client: &Client) -> Result<bool, StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::client(&client.id), client, None)?))
            .condition_expression("attribute_not_exists(pk)");
        Ok(unless_refused("PutItem", put.send().await)?.is_some())
    }

    /// Writes `client` over `before`, if its secrets are still those. Whether they were.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn replace_client(
        &self,
        before: &Client,
        client: &Client,
    ) -> Result<bool, StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::client(&client.id), client, None)?))
            .expression_attribute_values(":created", number(before.created_at.0));
        let put = match before.secrets.is_empty() {
            true => {
                put.condition_expression("created_at = :created AND attribute_not_exists(secrets)")
            }
            false => put
                .condition_expression("created_at = :created AND secrets = :secrets")
                .expression_attribute_values(":secrets", attribute(&before.secrets)?),
        };
        Ok(unless_refused("PutItem", put.send().await)?.is_some())
    }

    /// Removes a client. Whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn remove_client(&self, id: &str) -> Result<bool, StoreError> {
        let delete = self
            .db
            .delete_item()
            .table_name(&*self.table)
            .set_key(Some(key::client(id).attributes()))
            .condition_expression("attribute_exists(pk)");
        Ok(unless_refused("DeleteItem", delete.send().await)?.is_some())
    }

    /// All clients, by `client_id`. For operators; no request path lists.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        let query = self
            .db
            .query()
            .table_name(&*self.table)
            .key_condition_expression("#pk = :clients")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":clients", string(CLIENTS))
            .consistent_read(true);
        let items: Result<Vec<_>, _> = query.into_paginator().items().send().collect().await;
        let items = items.map_err(|e| StoreError::call("Query", &e))?;
        items.into_iter().map(from_item).collect()
    }
}
