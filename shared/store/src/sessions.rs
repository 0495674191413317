//! Sessions, and the one read by which a bearer is known.

use domain::account::User;
use domain::session::Session;
use uuid::Uuid;

use crate::item::{Item, from_item};
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
        self.in_partition(&pk, prefix).await
    }
}

/// Reads a session from an item that came with a refusal.
pub(crate) fn session_from(item: Item) -> Result<Session, StoreError> {
    from_item(item)
}
