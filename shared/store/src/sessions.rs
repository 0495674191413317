//! Sessions, and the one read by which a bearer is known.

use domain::account::User;
use domain::session::{EndedBy, Session};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{Item, attribute, from_item, string};
use crate::key;
use crate::{Store, StoreError};

impl Store {
    /// A session and its account, in one round trip and as of now: what every
    /// authenticated request asks. `None` unless both exist.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn session_and_user(
        &self,
        sub: Uuid,
        id: Uuid,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let [session, user] = self
            .get_all([&key::session(sub, id), &key::user(sub)])
            .await?;
        match (session, user) {
            (Some(session), Some(user)) => Ok(Some((from_item(session)?, from_item(user)?))),
            _ => Ok(None),
        }
    }

    /// All sessions of an account that are still stored, over or not: one
    /// partition's rows, in their place.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn sessions(&self, sub: Uuid) -> Result<Vec<Session>, StoreError> {
        let (pk, prefix) = key::sessions(sub);
        let found: Vec<Item> = self
            .db
            .query()
            .table_name(&*self.table)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", key::PK)
            .expression_attribute_names("#sk", key::SK)
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":prefix", string(prefix))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await
            .map_err(|e| StoreError::call("Query", &e))?;
        found.into_iter().map(from_item).collect()
    }

    /// Ends a session for good. Whether this call did it: of several that see
    /// the same replay, one writes the alarm.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn end_session(&self, session: &Session, why: EndedBy) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::session(session.sub, session.id).attributes()))
            .update_expression("SET ended = :why")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(ended)")
            .expression_attribute_values(":why", attribute(&why)?);
        Ok(unless_refused("UpdateItem", update.send().await)?.is_some())
    }
}

/// Reads a session from an item that came with a refusal.
pub(crate) fn session_from(item: Item) -> Result<Session, StoreError> {
    from_item(item)
}
