//! Passwords: the credential beside the account, what is known of a name before one
//! is tried, and the way back to a forgotten one.

use aws_sdk_dynamodb::types::{Put, Update};
use domain::UnixTime;
use domain::account::User;
use domain::email_change::EmailToken;
use domain::email_code::NETWORK_KINDS;
use domain::password::PasswordCredential;
use domain::password::guesses::limit_per_network;
use domain::password::reset::ResetToken;
use domain::time::DAY;
use domain::username::LoginName;
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{Item, from_item, number, to_item};
use crate::key::{self, Key};
use crate::tries::TryState;
use crate::users::Claim;
use crate::{Step, Store, StoreError, Transaction};

/// What is known of a name before a password is tried.
#[derive(Clone, Debug)]
pub struct NameState {
    /// The account that holds it.
    pub holder: Option<Uuid>,
    /// What was tried against it, and by the network that tries now.
    pub tries: TryState,
}

/// The claim on the name that a user signs in by.
fn claim_of(name: &LoginName) -> Key {
    match name {
        LoginName::Email(address) => key::email_claim(address),
        LoginName::Username(username) => key::username_claim(username.as_str()),
        LoginName::Phone(number) => key::phone_claim(number),
        LoginName::Vendor(address) => key::vendor_claim(address),
        LoginName::Nobody => key::username_claim(""),
    }
}

impl Store {
    /// What is known of a name and of the network that tries it, in one round trip
    /// and before anything is counted.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn before_password(
        &self,
        name: &LoginName,
        digest: &str,
        network: &str,
        now: UnixTime,
    ) -> Result<NameState, StoreError> {
        let [known, unknown] = NETWORK_KINDS.map(limit_per_network);
        let ledger_at = key::guesses(digest);
        let [claim, ledger, from_known, from_unknown] = self
            .get_all([
                &claim_of(name),
                &ledger_at,
                &key::rate(known.name, network),
                &key::rate(unknown.name, network),
            ])
            .await?;
        let claim: Option<Claim> = claim.map(from_item).transpose()?;
        Ok(NameState {
            holder: claim.map(|claim| claim.sub),
            tries: TryState {
                ledger: self.counters(&ledger_at, ledger).await?.unwrap_or_default(),
                from_known: self.exceeded_in(from_known, &known, network, now).await?,
                from_unknown: self
                    .exceeded_in(from_unknown, &unknown, network, now)
                    .await?,
            },
        })
    }

    /// Who holds a name.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn holder_of_name(&self, name: &LoginName) -> Result<Option<Uuid>, StoreError> {
        let claim: Option<Claim> = self.get(&claim_of(name)).await?;
        Ok(claim.map(|claim| claim.sub))
    }

    /// An account and its password, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn user_and_password(
        &self,
        sub: Uuid,
    ) -> Result<(Option<User>, Option<PasswordCredential>), StoreError> {
        let [user, password] = self.get_all([&key::user(sub), &key::password(sub)]).await?;
        Ok((
            user.map(from_item).transpose()?,
            password.map(from_item).transpose()?,
        ))
    }

    /// Replaces the hash of the same password, if it was not changed since revision
    /// `before`.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn rehash_password(
        &self,
        sub: Uuid,
        credential: &PasswordCredential,
        before: u64,
    ) -> Result<(), StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::password(sub), credential, None)?))
            .condition_expression("rev = :before")
            .expression_attribute_values(":before", number(before));
        unless_refused("PutItem", put.send().await).map(drop)
    }

    /// Puts a one-time token for a forgotten password, by its hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_reset(&self, hash: &str, token_row: &ResetToken) -> Result<(), StoreError> {
        let kept = token_row.expires_at.plus(DAY);
        let item = to_item(&key::reset(hash), token_row, Some(kept))?;
        self.put_token(item).await
    }

    /// Puts a one-time token for a move to another address, by its hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_email_token(
        &self,
        hash: &str,
        token_row: &EmailToken,
    ) -> Result<(), StoreError> {
        let kept = token_row.expires_at.plus(DAY);
        let item = to_item(&key::email_change(hash), token_row, Some(kept))?;
        self.put_token(item).await
    }

    /// What is kept of such a token, by its hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn email_token(&self, hash: &str) -> Result<Option<EmailToken>, StoreError> {
        self.get(&key::email_change(hash)).await
    }

    pub(crate) async fn put_token(&self, item: Item) -> Result<(), StoreError> {
        self.db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item))
            .send()
            .await
            .map(drop)
            .map_err(|e| StoreError::call("PutItem", &e))
    }

    /// What is kept of a token for a forgotten password, by its hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn reset(&self, hash: &str) -> Result<Option<ResetToken>, StoreError> {
        self.get(&key::reset(hash)).await
    }
}

impl Transaction<'_> {
    /// Writes an account's password over the revision `before` (`None`: if it has
    /// none).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn put_password(
        self,
        sub: Uuid,
        credential: &PasswordCredential,
        before: Option<u64>,
    ) -> Result<Self, StoreError> {
        let item = to_item(&key::password(sub), credential, None)?;
        let Some(before) = before else {
            return self.put_new(Step::EditPassword, item);
        };
        let put = Put::builder()
            .set_item(Some(item))
            .condition_expression("rev = :before")
            .expression_attribute_values(":before", number(before));
        self.put(Step::EditPassword, put)
    }

    /// Removes an account's password, if it has one. The edit of the account that goes
    /// with this ends the password; this removes its row.
    ///
    /// # Errors
    /// As [`Transaction::put_password`].
    pub fn remove_password(self, sub: Uuid) -> Result<Self, StoreError> {
        self.delete(Step::EditPassword, &key::password(sub))
    }

    /// Spends the one-time token of a forgotten password.
    ///
    /// # Errors
    /// As [`Transaction::put_password`].
    pub fn spend_reset(self, hash: &str, now: UnixTime) -> Result<Self, StoreError> {
        self.spend_token(&key::reset(hash), now)
    }

    /// Spends the one-time token of a move to another address.
    ///
    /// # Errors
    /// As [`Transaction::put_password`].
    pub fn spend_email_token(self, hash: &str, now: UnixTime) -> Result<Self, StoreError> {
        self.spend_token(&key::email_change(hash), now)
    }

    pub(crate) fn spend_token(self, key: &Key, now: UnixTime) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET spent_at = :now")
            .condition_expression("attribute_not_exists(spent_at) AND expires_at > :now")
            .expression_attribute_values(":now", number(now.0));
        self.update(Step::SpendToken, key, update)
    }
}
