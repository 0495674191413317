//! Passwords: the credential beside the account, what was tried against a name,
//! and the way back to a forgotten one.

use aws_sdk_dynamodb::types::{Put, ReturnValue, Update};
use domain::UnixTime;
use domain::account::User;
use domain::email_change::EmailTicket;
use domain::email_code::LaneName;
use domain::limit::Exceeded;
use domain::password::PasswordCredential;
use domain::password::guesses::{Admission, GuessLedger, limit_per_place};
use domain::password::reset::ResetTicket;
use domain::place::PlaceMark;
use domain::time::DAY;
use domain::username::LoginName;
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{Item, attribute, from_item, number, string, to_item};
use crate::key::{self, Key, TTL};
use crate::rates::exceeded_in;
use crate::users::Claim;
use crate::{Step, Store, StoreError, Transaction};

/// How long the ledger of a name is kept: long enough that a person who comes back
/// after a few weeks is known by their places at the first try.
const LEDGER_KEPT: u64 = 60 * DAY;

/// What is known of a name before a password is tried.
#[derive(Clone, Debug)]
pub struct NameState {
    /// The account that holds it.
    pub holder: Option<Uuid>,
    /// What was tried against it lately.
    pub ledger: GuessLedger,
    from_known: Option<Exceeded>,
    from_strange: Option<Exceeded>,
}

impl NameState {
    /// Whether the place that tries has used up what it may try through a lane, over
    /// all accounts.
    ///
    /// # Errors
    /// [`Exceeded`] if it has.
    pub fn admits(&self, lane: LaneName) -> Result<(), Exceeded> {
        match lane {
            LaneName::Known => self.from_known.map_or(Ok(()), Err),
            LaneName::Strange => self.from_strange.map_or(Ok(()), Err),
        }
    }
}

/// Where a lane stands in the row: its tries, and the last of them.
const fn lane_attributes(lane: LaneName) -> (&'static str, &'static str) {
    match lane {
        LaneName::Known => ("known_tries", "known_last"),
        LaneName::Strange => ("strange_tries", "strange_last"),
    }
}

/// The claim on the name that somebody signs in by.
fn claim_of(name: &LoginName) -> Key {
    match name {
        LoginName::Email(address) => key::email_claim(address),
        LoginName::Username(username) => key::username_claim(username.as_str()),
        LoginName::Vendor(address) => key::vendor_claim(address),
        LoginName::Nobody => key::username_claim(""),
    }
}

impl Store {
    /// What is known of a name and of the place that tries it, in one round trip
    /// and before anything is counted.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn before_password(
        &self,
        name: &LoginName,
        mark: &str,
        place: &str,
        now: UnixTime,
    ) -> Result<NameState, StoreError> {
        let known = limit_per_place(LaneName::Known);
        let strange = limit_per_place(LaneName::Strange);
        let [claim, ledger, from_known, from_strange] = self
            .get_all([
                &claim_of(name),
                &key::guesses(mark),
                &key::rate(known.name, place),
                &key::rate(strange.name, place),
            ])
            .await?;
        let claim: Option<Claim> = claim.map(from_item).transpose()?;
        let ledger: Option<GuessLedger> = ledger.map(from_item).transpose()?;
        Ok(NameState {
            holder: claim.map(|claim| claim.sub),
            ledger: ledger.unwrap_or_default(),
            from_known: exceeded_in(from_known, &known, now)?,
            from_strange: exceeded_in(from_strange, &strange, now)?,
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

    /// Counts one try against a name, before anything is compared. The ledger with
    /// the try counted, or `None` if others were faster than its admission allows.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn count_password(
        &self,
        mark: &str,
        lane: LaneName,
        admission: Admission,
        now: UnixTime,
    ) -> Result<Option<GuessLedger>, StoreError> {
        let (tries_at, last_at) = lane_attributes(lane);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::guesses(mark).attributes()))
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":ttl", number(now.plus(LEDGER_KEPT).0))
            .return_values(ReturnValue::AllNew);
        let update = match admission {
            Admission::Free { free } => update
                .update_expression(format!(
                    "SET {tries_at} = if_not_exists({tries_at}, :none) + :one, {last_at} = :now, #ttl = :ttl"
                ))
                .condition_expression(format!(
                    "attribute_not_exists({tries_at}) OR {tries_at} < :free"
                ))
                .expression_attribute_values(":none", number(0))
                .expression_attribute_values(":one", number(1))
                .expression_attribute_values(":free", number(free)),
            Admission::Alone { seen, tries } => update
                .update_expression(format!(
                    "SET {tries_at} = :tries, {last_at} = :now, #ttl = :ttl"
                ))
                .condition_expression(format!("{tries_at} = :seen AND {last_at} = :last"))
                .expression_attribute_values(":tries", number(tries))
                .expression_attribute_values(":seen", number(seen.tries))
                .expression_attribute_values(":last", number(seen.last.unwrap_or(UnixTime(0)).0)),
        };
        let counted = unless_refused("UpdateItem", update.send().await)?;
        counted
            .and_then(|answer| answer.attributes)
            .map(from_item)
            .transpose()
    }

    /// Notes which places whoever holds the name knows, so that the next try from
    /// there falls under their own lane. Costs the same when nobody holds it.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn note_places(
        &self,
        mark: &str,
        sub: Option<Uuid>,
        places: &[PlaceMark],
    ) -> Result<(), StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::guesses(mark).attributes()))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#sub", "sub")
            .expression_attribute_names("#places", "places")
            .expression_attribute_values(":places", attribute(&places)?);
        let update = match sub {
            Some(sub) => update
                .update_expression("SET #places = :places, #sub = :sub")
                .expression_attribute_values(":sub", string(sub)),
            None => update.update_expression("SET #places = :places REMOVE #sub"),
        };
        unless_refused("UpdateItem", update.send().await).map(drop)
    }

    /// What a right password does to the ledger: it ends the rest of its owner's
    /// known places, or takes its own count back among strangers; and its place is
    /// a known one from now on.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn settle_password(
        &self,
        mark: &str,
        lane: LaneName,
        sub: Uuid,
        places: &[PlaceMark],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let settled = match lane {
            LaneName::Known => "known_tries = :settled",
            LaneName::Strange => "strange_tries = strange_tries - :settled",
        };
        let by = match lane {
            LaneName::Known => 0,
            LaneName::Strange => 1,
        };
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::guesses(mark).attributes()))
            .update_expression(format!(
                "SET {settled}, #sub = :sub, #places = :places, #ttl = :ttl"
            ))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#sub", "sub")
            .expression_attribute_names("#places", "places")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":settled", number(by))
            .expression_attribute_values(":sub", string(sub))
            .expression_attribute_values(":places", attribute(&places)?)
            .expression_attribute_values(":ttl", number(now.plus(LEDGER_KEPT).0));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }

    /// Forgets what was tried against a name, for an operator who lets a person back
    /// in. Whether there was anything to forget.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn forget_passwords(&self, mark: &str) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::guesses(mark).attributes()))
            .update_expression("SET known_tries = :none, strange_tries = :none")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":none", number(0));
        Ok(unless_refused("UpdateItem", update.send().await)?.is_some())
    }

    /// Replaces the hash of the same password, if nobody changed it since revision
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

    /// Puts a ticket for a forgotten password, by its token's hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_reset(&self, hash: &str, ticket: &ResetTicket) -> Result<(), StoreError> {
        let kept = ticket.expires_at.plus(DAY);
        let item = to_item(&key::reset(hash), ticket, Some(kept))?;
        self.put_ticket(item).await
    }

    /// Puts a ticket for a move to another address, by its token's hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_email_ticket(
        &self,
        hash: &str,
        ticket: &EmailTicket,
    ) -> Result<(), StoreError> {
        let kept = ticket.expires_at.plus(DAY);
        let item = to_item(&key::email_change(hash), ticket, Some(kept))?;
        self.put_ticket(item).await
    }

    /// The ticket of such a token, by its hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn email_ticket(&self, hash: &str) -> Result<Option<EmailTicket>, StoreError> {
        self.get(&key::email_change(hash)).await
    }

    async fn put_ticket(&self, item: Item) -> Result<(), StoreError> {
        self.db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item))
            .send()
            .await
            .map(drop)
            .map_err(|e| StoreError::call("PutItem", &e))
    }

    /// The ticket of a token, by its hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn reset(&self, hash: &str) -> Result<Option<ResetTicket>, StoreError> {
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

    /// Removes an account's password, if it has one. What ends it is the edit of
    /// the account that goes with this; here nothing is left behind.
    ///
    /// # Errors
    /// As [`Transaction::put_password`].
    pub fn remove_password(self, sub: Uuid) -> Result<Self, StoreError> {
        self.delete(Step::EditPassword, &key::password(sub))
    }

    /// Spends the ticket of a forgotten password.
    ///
    /// # Errors
    /// As [`Transaction::put_password`].
    pub fn spend_reset(self, hash: &str, now: UnixTime) -> Result<Self, StoreError> {
        self.spend_ticket(&key::reset(hash), now)
    }

    /// Spends the ticket of a move to another address.
    ///
    /// # Errors
    /// As [`Transaction::put_password`].
    pub fn spend_email_ticket(self, hash: &str, now: UnixTime) -> Result<Self, StoreError> {
        self.spend_ticket(&key::email_change(hash), now)
    }

    fn spend_ticket(self, key: &Key, now: UnixTime) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET spent_at = :now")
            .condition_expression("attribute_not_exists(spent_at) AND expires_at > :now")
            .expression_attribute_values(":now", number(now.0));
        self.update(Step::SpendTicket, key, update)
    }
}
