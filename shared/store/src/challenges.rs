//! Sign-ins that wait for an answer, and which of them is open for an account.

use aws_sdk_dynamodb::types::{Delete, ReturnValue, Update};
use domain::UnixTime;
use domain::sign_in::{Challenge, ChallengeKind, OpenChallenge};
use domain::time::{DAY, HOUR};
use domain::verification::TRIES;
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{from_item, number, string, to_item};
use crate::key;
use crate::{Counted, Step, Store, StoreError, Transaction};

impl Store {
    /// The sign-in of that name that waits.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn challenge(&self, id: Uuid) -> Result<Option<Challenge>, StoreError> {
        self.get(&key::challenge(id)).await
    }

    /// Counts one answer to a sign-in that waits and takes `attempts`, before anything is
    /// compared. How many there are now, or `None` if it takes no more.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn count_attempt(&self, id: Uuid, attempts: u32) -> Result<Option<u32>, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::challenge(id).attributes()))
            .update_expression("SET tries = tries + :one")
            .condition_expression("tries < :max")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":max", number(attempts))
            .return_values(ReturnValue::AllNew);
        let answer = unless_refused("UpdateItem", update.send().await)?;
        let row: Option<Challenge> = answer
            .and_then(|answer| answer.attributes)
            .map(from_item)
            .transpose()?;
        Ok(row.map(|row| row.tries))
    }

    /// Has a sign-in that waits await this answer of a passkey, in place of the one before.
    /// Whether it did: not where that has ended meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn begin_passkey_ceremony(
        &self,
        id: Uuid,
        ceremony: &str,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::challenge(id).attributes()))
            .update_expression("SET passkey_ceremony = :ceremony")
            .condition_expression("attribute_not_exists(spent_at) AND expires_at > :now")
            .expression_attribute_values(":ceremony", string(ceremony))
            .expression_attribute_values(":now", number(now.0));
        let begun = unless_refused("UpdateItem", update.send().await)?;
        Ok(begun.is_some())
    }

    /// The challenge of a kind that is open for an account, with the code that was sent
    /// for it.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn open_challenge(
        &self,
        sub: Uuid,
        kind: ChallengeKind,
    ) -> Result<Option<OpenChallenge>, StoreError> {
        self.get(&key::open_challenge(sub, kind)).await
    }

    /// Counts one try of the code that was sent for a challenge of `sub`, before anything
    /// is compared.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn count_code_try(
        &self,
        sub: Uuid,
        kind: ChallengeKind,
        now: UnixTime,
    ) -> Result<Counted<OpenChallenge>, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::open_challenge(sub, kind).attributes()))
            .update_expression("SET #code.tries = #code.tries + :one, rev = rev + :one")
            .condition_expression("#code.tries < :max AND #code.expires_at > :now")
            .expression_attribute_names("#code", "code")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":max", number(TRIES))
            .expression_attribute_values(":now", number(now.0));
        Counted::by(update).await
    }
}

/// When neither the challenge nor its code is of use, a while after both have ended.
fn useless_at(open: &OpenChallenge) -> UnixTime {
    let code = open.code.as_ref().map(|code| code.expires_at);
    code.unwrap_or(open.expires_at)
        .max(open.expires_at)
        .plus(DAY)
}

impl Transaction<'_> {
    /// Begins the wait for an answer.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn begin_challenge(self, challenge: &Challenge) -> Result<Self, StoreError> {
        let key = key::challenge(challenge.id);
        self.put_new(
            Step::Begin,
            // Kept a while longer, to tell a client that came late from one that made it up.
            to_item(&key, challenge, Some(challenge.expires_at.plus(HOUR)))?,
        )
    }

    /// Completes a sign-in that waited. The row stays for as long as its name could be
    /// accepted.
    ///
    /// # Errors
    /// As [`Transaction::begin_challenge`].
    pub fn spend_challenge(self, id: Uuid, now: UnixTime) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET spent_at = :now")
            .condition_expression("attribute_not_exists(spent_at) AND expires_at > :now")
            .expression_attribute_values(":now", number(now.0));
        self.update(Step::SpendChallenge, &key::challenge(id), update)
    }

    /// Writes which challenge is open over the revision `before` (`None`: if none was).
    ///
    /// # Errors
    /// As [`Transaction::begin_challenge`].
    pub fn put_open_challenge(
        self,
        sub: Uuid,
        kind: ChallengeKind,
        open: &OpenChallenge,
        before: Option<u64>,
    ) -> Result<Self, StoreError> {
        let key = key::open_challenge(sub, kind);
        let item = to_item(&key, open, Some(useless_at(open)))?;
        match before {
            Some(before) => self.put_over(Step::OpenChallenge, item, before),
            None => self.put_new(Step::OpenChallenge, item),
        }
    }

    /// Spends the code that `nonce` names, and with it the row that says which challenge
    /// is open.
    ///
    /// # Errors
    /// As [`Transaction::begin_challenge`].
    pub fn spend_sent_code(
        self,
        sub: Uuid,
        kind: ChallengeKind,
        nonce: &str,
    ) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .condition_expression("#code.nonce = :nonce")
            .expression_attribute_names("#code", "code")
            .expression_attribute_values(":nonce", string(nonce));
        self.push_delete(Step::SpendCode, &key::open_challenge(sub, kind), delete)
    }
}
