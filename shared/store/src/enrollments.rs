//! Second factors that are being set up, each in a session or in a sign-in that waits.

use aws_sdk_dynamodb::types::{Delete, Put};
use domain::UnixTime;
use domain::factors::enrollment::{ATTEMPTS, Enrollment};
use domain::time::HOUR;
use uuid::Uuid;

use crate::item::{number, string, to_item};
use crate::key;
use crate::{Counted, Step, Store, StoreError, Transaction};

impl Store {
    /// What the account `sub` is setting up in the session or challenge `within`.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn enrollment(
        &self,
        sub: Uuid,
        within: Uuid,
    ) -> Result<Option<Enrollment>, StoreError> {
        self.get(&key::enrollment(sub, within)).await
    }

    /// Counts one answer to a set-up, before anything is compared.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn count_enrollment_try(
        &self,
        sub: Uuid,
        within: Uuid,
        now: UnixTime,
    ) -> Result<Counted<Enrollment>, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::enrollment(sub, within).attributes()))
            .update_expression("SET tries = tries + :one")
            .condition_expression("tries < :max AND expires_at > :now")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":max", number(ATTEMPTS))
            .expression_attribute_values(":now", number(now.0));
        Counted::by(update).await
    }
}

impl Transaction<'_> {
    /// Begins a set-up in the session or challenge `within`, in place of any that was begun
    /// there before.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn put_enrollment(
        self,
        sub: Uuid,
        within: Uuid,
        enrollment: &Enrollment,
    ) -> Result<Self, StoreError> {
        let key = key::enrollment(sub, within);
        // Kept a while longer, to tell an answer that came late from one to nothing.
        let item = to_item(&key, enrollment, Some(enrollment.expires_at.plus(HOUR)))?;
        self.put(Step::Enrollment, Put::builder().set_item(Some(item)))
    }

    /// Completes the set-up of the authenticator `id`, which no other has replaced.
    ///
    /// # Errors
    /// As [`Transaction::put_enrollment`].
    pub fn spend_enrollment(self, sub: Uuid, within: Uuid, id: Uuid) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .condition_expression("id = :id")
            .expression_attribute_values(":id", string(id));
        self.push_delete(Step::Enrollment, &key::enrollment(sub, within), delete)
    }
}
