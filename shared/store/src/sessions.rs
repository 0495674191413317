//! Sessions, and the one read by which a bearer is known.

use domain::account::User;
use domain::session::Session;
use uuid::Uuid;

use crate::item::{from_item, number};
use crate::key;
use crate::{Counted, Store, StoreError};

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

    /// Puts `next` in force if `before` still is, in the epoch that it was read in: one
    /// write unit. Refused with the session as it is, if it is still stored.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn rotate_session(
        &self,
        before: &Session,
        next: &Session,
    ) -> Result<Counted<Session>, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::session(next.sub, next.id).attributes()))
            .update_expression(
                "SET generation = :next, rotated_at = :at, expires_at = :expires, grace = :grace",
            )
            .condition_expression(
                "generation = :before AND epoch = :epoch AND attribute_not_exists(ended)",
            )
            .expression_attribute_values(":before", number(before.generation))
            .expression_attribute_values(":epoch", number(before.session_epoch))
            .expression_attribute_values(":next", number(next.generation))
            .expression_attribute_values(":at", number(next.rotated_at.0))
            .expression_attribute_values(":expires", number(next.expires_at.0))
            .expression_attribute_values(":grace", number(next.grace));
        Counted::by(update).await
    }
}
