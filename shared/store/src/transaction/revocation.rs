//! Ending a session within a transaction.

use aws_sdk_dynamodb::types::Update;
use domain::session::{EndedBy, Session};

use super::{Step, Transaction};
use crate::item::attribute;
use crate::{StoreError, key};

impl Transaction<'_> {
    /// Ends a session for good, if it has not ended.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item.
    pub fn end_session(self, session: &Session, why: EndedBy) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET ended = :why")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(ended)")
            .expression_attribute_values(":why", attribute(&why)?);
        self.update(Step::End, &key::session(session.sub, session.id), update)
    }
}
