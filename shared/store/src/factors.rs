//! Second factors of accounts.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put, Update};
use domain::account::User;
use domain::factors::Factors;
use domain::session::Session;
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

    /// Takes the session that puts a factor in force along, which shows the factor by that.
    ///
    /// # Errors
    /// As [`Transaction::save_factors`].
    pub fn carry_enrolled_session(
        self,
        session: &Session,
        session_epoch: u64,
    ) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET epoch = :epoch, has_enrolled = :enrolled")
            .expression_attribute_values(":enrolled", AttributeValue::Bool(true));
        self.carry(session, session_epoch, update)
    }

    /// Takes the session that changes the account along into its new epoch, in
    /// which all others end.
    ///
    /// # Errors
    /// As [`Transaction::save_factors`].
    pub fn carry_session(self, session: &Session, session_epoch: u64) -> Result<Self, StoreError> {
        let update = Update::builder().update_expression("SET epoch = :epoch");
        self.carry(session, session_epoch, update)
    }

    fn carry(
        self,
        session: &Session,
        session_epoch: u64,
        update: UpdateBuilder,
    ) -> Result<Self, StoreError> {
        let update = update
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

#[cfg(test)]
mod tests {
    use domain::factors::AuthenticatorKind;
    use domain::factors::totp::TotpState;

    use super::*;
    use crate::item::{Item, string};

    /// A row as versions wrote it whose authenticators were apps alone.
    fn row() -> Item {
        let device = Item::from([
            ("id".to_owned(), string(Uuid::from_u128(7))),
            ("number".to_owned(), number(9_007_199_254_740_991_u64)),
            ("name".to_owned(), string("phone")),
            ("secret".to_owned(), string("sealed")),
            ("status".to_owned(), string("active")),
            ("primary".to_owned(), AttributeValue::Bool(true)),
            ("created_at".to_owned(), number(1_000_000)),
            ("confirmed_at".to_owned(), number(1_000_000)),
            ("last_used_at".to_owned(), number(1_000_060)),
            ("last_step".to_owned(), number(33_335)),
        ]);
        let mut row = key::factors(Uuid::from_u128(1)).attributes();
        row.extend([
            ("rev".to_owned(), number(2)),
            (
                "devices".to_owned(),
                AttributeValue::L(vec![AttributeValue::M(device)]),
            ),
            (
                "backup_codes".to_owned(),
                AttributeValue::L(vec![string("digest")]),
            ),
        ]);
        row
    }

    #[test]
    fn a_row_of_before_there_were_kinds_is_read_and_written_as_it_was() {
        let factors: Factors = from_item(row()).unwrap();
        let state = TotpState {
            secret: "sealed".to_owned(),
            last_step: 33_335,
        };
        assert_eq!(factors.devices[0].kind, AuthenticatorKind::Totp(state));
        let written = to_item(&key::factors(Uuid::from_u128(1)), &factors, None).unwrap();
        assert_eq!(written, row());
    }
}
