//! Second factors of accounts.

use aws_sdk_dynamodb::types::{Put, Update};
use domain::account::User;
use domain::session::Session;
use domain::totp::Factors;
use uuid::Uuid;

use crate::item::{from_item, number, to_item};
use crate::key;
use crate::{Step, Store, StoreError, Transaction};

impl Store {
    /// The second factors of an account; empty if it never had any.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn factors(&self, sub: Uuid) -> Result<Factors, StoreError> {
        Ok(self.get(&key::factors(sub)).await?.unwrap_or_default())
    }

    /// An account and its second factors, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn user_and_factors(&self, sub: Uuid) -> Result<(Option<User>, Factors), StoreError> {
        let [user, factors] = self.get_all([&key::user(sub), &key::factors(sub)]).await?;
        let factors: Option<Factors> = factors.map(from_item).transpose()?;
        Ok((
            user.map(from_item).transpose()?,
            factors.unwrap_or_default(),
        ))
    }
}

impl Transaction<'_> {
    /// Writes the second factors of an account over the revision `before`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn save_factors(
        self,
        sub: Uuid,
        factors: &Factors,
        before: u64,
    ) -> Result<Self, StoreError> {
        let item = to_item(&key::factors(sub), factors, None)?;
        if before == 0 {
            return self.put_new(Step::EditFactors, item);
        }
        let put = Put::builder()
            .set_item(Some(item))
            .condition_expression("rev = :before")
            .expression_attribute_values(":before", number(before));
        self.put(Step::EditFactors, put)
    }

    /// Ends all second factors of an account, if it has any.
    ///
    /// # Errors
    /// As [`Transaction::save_factors`].
    pub fn drop_factors(self, sub: Uuid) -> Result<Self, StoreError> {
        self.delete(Step::EditFactors, &key::factors(sub))
    }

    /// Takes the session that changes the account along into its new epoch, in
    /// which all others end.
    ///
    /// # Errors
    /// As [`Transaction::save_factors`].
    pub fn carry_session(self, session: &Session, session_epoch: u64) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET epoch = :epoch")
            .condition_expression("epoch = :before AND attribute_not_exists(ended)")
            .expression_attribute_values(":epoch", number(session_epoch))
            .expression_attribute_values(":before", number(session.session_epoch));
        self.update(
            Step::CarrySession,
            &key::session(session.sub, session.id),
            update,
        )
    }
}
