//! Ending a session within a transaction, and having it say more than it did.

use aws_sdk_dynamodb::types::Update;
use domain::session::{EndedBy, Session};
use uuid::Uuid;

use super::{Step, Transaction};
use crate::item::{attribute, number, string};
use crate::{StoreError, key};

impl Transaction<'_> {
    /// Puts `next` in force, in which a second factor was shown, if `before` still is:
    /// a rotation that also says so, and takes the session into the account's epoch.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn step_up_session(self, before: &Session, next: &Session) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression(
                "SET generation = :next, rotated_at = :at, expires_at = :expires, grace = :grace, \
                 epoch = :epoch, amr = :amr, mfa_at = :at",
            )
            .condition_expression(
                "generation = :before AND epoch = :was AND attribute_not_exists(ended)",
            )
            .expression_attribute_values(":before", number(before.generation))
            .expression_attribute_values(":was", number(before.session_epoch))
            .expression_attribute_values(":next", number(next.generation))
            .expression_attribute_values(":at", number(next.rotated_at.0))
            .expression_attribute_values(":expires", number(next.expires_at.0))
            .expression_attribute_values(":grace", number(next.grace))
            .expression_attribute_values(":epoch", number(next.session_epoch))
            .expression_attribute_values(":amr", attribute(&next.amr)?);
        self.update(Step::Rotate, &key::session(next.sub, next.id), update)
    }

    /// Ends a session for good, unless it has ended: never refused.
    ///
    /// # Errors
    /// As [`Transaction::step_up_session`].
    pub fn end_session_if_alive(self, session: &Session, why: EndedBy) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET ended = if_not_exists(ended, :why)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":why", attribute(&why)?);
        self.update(Step::End, &key::session(session.sub, session.id), update)
    }

    /// Ends a session for good, if it has not ended and is on the trusted device that it was
    /// read with.
    ///
    /// # Errors
    /// As [`Transaction::step_up_session`].
    pub fn sign_out_session(self, session: &Session) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET ended = :why")
            .expression_attribute_values(":why", attribute(&EndedBy::Owner)?);
        let update = match &session.device {
            Some(device) => update
                .condition_expression("attribute_not_exists(ended) AND device = :device")
                .expression_attribute_values(":device", string(device)),
            None => update.condition_expression(
                "attribute_exists(pk) AND attribute_not_exists(ended) \
                 AND attribute_not_exists(device)",
            ),
        };
        self.update(Step::End, &key::session(session.sub, session.id), update)
    }

    /// Ends the session `id` of the account `sub` for good, if it has not ended.
    ///
    /// # Errors
    /// As [`Transaction::step_up_session`].
    pub fn end_session(self, sub: Uuid, id: Uuid, why: EndedBy) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET ended = :why")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(ended)")
            .expression_attribute_values(":why", attribute(&why)?);
        self.update(Step::End, &key::session(sub, id), update)
    }
}
