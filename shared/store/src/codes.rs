//! Sign-in codes: one row an address or number, guessed by counting first. The row is
//! found by a keyed digest of that, which the flows make.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::email_code::{Attempts, CodeLedger, CodePolicy, NetworkKind};
use domain::{Contact, UnixTime};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{attribute, from_item, number, string, to_item};
use crate::key;
use crate::users::{Claim, claim_on};
use crate::{Store, StoreError};

/// Where a count stands in the row.
pub(crate) const fn attempts_attribute(network_kind: NetworkKind) -> &'static str {
    match network_kind {
        NetworkKind::Known => "known",
        NetworkKind::Unknown => "strange",
    }
}

/// That a guess which was counted at `:now` still counts: in a day that began no later,
/// and has not been forgotten since. Without this condition another caller's guess would
/// be taken back, or the count would go below zero.
pub(crate) fn is_counted(network_kind: NetworkKind) -> String {
    let attempts_at = attempts_attribute(network_kind);
    format!("{attempts_at}.guesses.#count >= :one AND {attempts_at}.guesses.#since <= :now")
}

/// An address's code row and the account that holds the address.
#[derive(Clone, Debug)]
pub struct CodeAndHolder {
    /// The row, if a code was asked for lately.
    pub ledger: Option<CodeLedger>,
    /// The holder of the address.
    pub holder: Option<Uuid>,
}

impl Store {
    /// What is known about an address, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn code_and_holder(
        &self,
        address: &Contact,
        digest: &str,
    ) -> Result<CodeAndHolder, StoreError> {
        let ledger_at = key::sign_in_code(digest);
        let [ledger, claim] = self.get_all([&ledger_at, &claim_on(address)]).await?;
        let claim: Option<Claim> = claim.map(from_item).transpose()?;
        Ok(CodeAndHolder {
            ledger: self.counters(&ledger_at, ledger).await?,
            holder: claim.map(|claim| claim.sub),
        })
    }

    /// What is known about an address and, for each kind of network, whether the network that
    /// guesses has used up what it may guess: in one round trip, before anything
    /// is counted.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn before_guess(
        &self,
        address: &Contact,
        digest: &str,
        network: &str,
        now: UnixTime,
    ) -> Result<(CodeAndHolder, impl Fn(NetworkKind) -> bool + use<>), StoreError> {
        let limit = |network_kind: NetworkKind| network_kind.limit_per_network();
        let (known, unknown) = (limit(NetworkKind::Known), limit(NetworkKind::Unknown));
        let ledger_at = key::sign_in_code(digest);
        let [ledger, claim, from_known, from_unknown] = self
            .get_all([
                &ledger_at,
                &claim_on(address),
                &key::rate(known.name, network),
                &key::rate(unknown.name, network),
            ])
            .await?;
        let known_full = self.is_full(from_known, &known, network, now).await?;
        let unknown_full = self.is_full(from_unknown, &unknown, network, now).await?;
        let claim: Option<Claim> = claim.map(from_item).transpose()?;
        let found = CodeAndHolder {
            ledger: self.counters(&ledger_at, ledger).await?,
            holder: claim.map(|claim| claim.sub),
        };
        let used_up = move |network_kind| match network_kind {
            NetworkKind::Known => known_full,
            NetworkKind::Unknown => unknown_full,
        };
        Ok((found, used_up))
    }

    /// Writes an address's row if it is still at revision `before` (`None`: if
    /// there is none). Whether it was written.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn save_code(
        &self,
        digest: &str,
        ledger: &CodeLedger,
        before: Option<u64>,
    ) -> Result<bool, StoreError> {
        let item = to_item(
            &key::sign_in_code(digest),
            ledger,
            Some(ledger.useless_at()),
        )?;
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item));
        let put = match before {
            Some(rev) => put
                .condition_expression("rev = :before")
                .expression_attribute_values(":before", number(rev)),
            // A row that could not be read was emptied, and has none.
            None => put.condition_expression("attribute_not_exists(rev)"),
        };
        Ok(unless_refused("PutItem", put.send().await)?.is_some())
    }

    /// Counts one guess of the code that `nonce` names, before anything is
    /// compared. The row with the guess counted, or `None` if the code takes no
    /// more from this kind of network: it is spent, expired, replaced or out of tries.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn count_guess(
        &self,
        digest: &str,
        nonce: &str,
        network_kind: NetworkKind,
        now: UnixTime,
        policy: &CodePolicy,
    ) -> Result<Option<CodeLedger>, StoreError> {
        let attempts_at = attempts_attribute(network_kind);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::sign_in_code(digest).attributes()))
            .update_expression(format!(
                "SET {attempts_at}.#tries = {attempts_at}.#tries + :one, \
                 {attempts_at}.#since = if_not_exists({attempts_at}.#since, :now), {attempts_at}.#last = :now, \
                 {attempts_at}.guesses.#since = if_not_exists({attempts_at}.guesses.#since, :now), \
                 {attempts_at}.guesses.#count = {attempts_at}.guesses.#count + :one, rev = rev + :one"
            ))
            .condition_expression(format!(
                "nonce = :nonce AND expires_at > :now AND {attempts_at}.#tries < :max \
                 AND {attempts_at}.guesses.#count < :day"
            ))
            .expression_attribute_names("#tries", "tries")
            .expression_attribute_names("#since", "since")
            .expression_attribute_names("#last", "last")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":nonce", string(nonce))
            .expression_attribute_values(":max", number(policy.max_tries))
            .expression_attribute_values(":day", number(network_kind.guesses_a_day()))
            .return_values(ReturnValue::AllNew);
        let counted = unless_refused("UpdateItem", update.send().await)?;
        let row = counted.and_then(|answer| answer.attributes);
        self.counters(&key::sign_in_code(digest), row).await
    }

    /// Takes back one guess that was counted at `now`, was right, and only lost the
    /// race for its code. Nothing, if the day that it was counted in is over.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn refund_guess(
        &self,
        digest: &str,
        network_kind: NetworkKind,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let attempts_at = attempts_attribute(network_kind);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::sign_in_code(digest).attributes()))
            .update_expression(format!(
                "SET {attempts_at}.guesses.#count = {attempts_at}.guesses.#count - :one, rev = rev + :one"
            ))
            .condition_expression(is_counted(network_kind))
            .expression_attribute_names("#count", "count")
            .expression_attribute_names("#since", "since")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.0));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }

    /// Forgets what was asked for and guessed at an address, for an operator who
    /// lets a user back in while an attacker guesses. Whether there was
    /// anything to forget.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn reset_guesses(&self, digest: &str) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::sign_in_code(digest).attributes()))
            .update_expression("SET known = :attempts, strange = :attempts, rev = rev + :one")
            .condition_expression("attribute_exists(rev)")
            .expression_attribute_values(":attempts", attribute(&Attempts::default())?)
            .expression_attribute_values(":one", number(1));
        Ok(unless_refused("UpdateItem", update.send().await)?.is_some())
    }
}
