//! Sign-in codes: one row an address or number, guessed by counting first.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::email_code::{CodeLedger, CodePolicy, Lane, LaneName};
use domain::{Contact, UnixTime};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{attribute, from_item, number, string, to_item};
use crate::key;
use crate::users::{Claim, claim_on};
use crate::{Store, StoreError};

/// Where a lane stands in the row.
pub(crate) const fn lane_attribute(lane: LaneName) -> &'static str {
    match lane {
        LaneName::Known => "known",
        LaneName::Strange => "strange",
    }
}

/// That a guess which was counted at `:now` still counts in a lane: in a day that
/// began no later, and has not been forgotten since. Without it what is taken back
/// would be somebody else's, or go below zero.
pub(crate) fn is_counted(lane: LaneName) -> String {
    let lane_at = lane_attribute(lane);
    format!("{lane_at}.guesses.#count >= :one AND {lane_at}.guesses.#since <= :now")
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
    pub async fn code_and_holder(&self, address: &Contact) -> Result<CodeAndHolder, StoreError> {
        let ledger_at = key::sign_in_code(address);
        let [ledger, claim] = self.get_all([&ledger_at, &claim_on(address)]).await?;
        let claim: Option<Claim> = claim.map(from_item).transpose()?;
        Ok(CodeAndHolder {
            ledger: self.counters(&ledger_at, ledger).await?,
            holder: claim.map(|claim| claim.sub),
        })
    }

    /// What is known about an address and, for each lane, whether the network that
    /// guesses has used up what it may guess: in one round trip, before anything
    /// is counted.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn before_guess(
        &self,
        address: &Contact,
        network: &str,
        now: UnixTime,
    ) -> Result<(CodeAndHolder, impl Fn(LaneName) -> bool + use<>), StoreError> {
        let limit = |lane: LaneName| lane.limit_per_network();
        let (known, strange) = (limit(LaneName::Known), limit(LaneName::Strange));
        let ledger_at = key::sign_in_code(address);
        let [ledger, claim, from_known, from_strange] = self
            .get_all([
                &ledger_at,
                &claim_on(address),
                &key::rate(known.name, network),
                &key::rate(strange.name, network),
            ])
            .await?;
        let known_full = self.is_full(from_known, &known, network, now).await?;
        let strange_full = self.is_full(from_strange, &strange, network, now).await?;
        let claim: Option<Claim> = claim.map(from_item).transpose()?;
        let found = CodeAndHolder {
            ledger: self.counters(&ledger_at, ledger).await?,
            holder: claim.map(|claim| claim.sub),
        };
        let used_up = move |lane| match lane {
            LaneName::Known => known_full,
            LaneName::Strange => strange_full,
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
        address: &Contact,
        ledger: &CodeLedger,
        before: Option<u64>,
    ) -> Result<bool, StoreError> {
        let item = to_item(
            &key::sign_in_code(address),
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
    /// more through this lane: it is spent, expired, replaced or out of tries.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn count_guess(
        &self,
        address: &Contact,
        nonce: &str,
        lane: LaneName,
        now: UnixTime,
        policy: &CodePolicy,
    ) -> Result<Option<CodeLedger>, StoreError> {
        let lane_at = lane_attribute(lane);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::sign_in_code(address).attributes()))
            .update_expression(format!(
                "SET {lane_at}.#tries = {lane_at}.#tries + :one, \
                 {lane_at}.#since = if_not_exists({lane_at}.#since, :now), {lane_at}.#last = :now, \
                 {lane_at}.guesses.#since = if_not_exists({lane_at}.guesses.#since, :now), \
                 {lane_at}.guesses.#count = {lane_at}.guesses.#count + :one, rev = rev + :one"
            ))
            .condition_expression(format!(
                "nonce = :nonce AND expires_at > :now AND {lane_at}.#tries < :max \
                 AND {lane_at}.guesses.#count < :day"
            ))
            .expression_attribute_names("#tries", "tries")
            .expression_attribute_names("#since", "since")
            .expression_attribute_names("#last", "last")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":nonce", string(nonce))
            .expression_attribute_values(":max", number(policy.max_tries))
            .expression_attribute_values(":day", number(lane.guesses_a_day()))
            .return_values(ReturnValue::AllNew);
        let counted = unless_refused("UpdateItem", update.send().await)?;
        let row = counted.and_then(|answer| answer.attributes);
        self.counters(&key::sign_in_code(address), row).await
    }

    /// Takes back one guess that was counted at `now`, was right, and only lost the
    /// race for its code. Nothing, if the day that it was counted in is over.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn refund_guess(
        &self,
        address: &Contact,
        lane: LaneName,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let lane_at = lane_attribute(lane);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::sign_in_code(address).attributes()))
            .update_expression(format!(
                "SET {lane_at}.guesses.#count = {lane_at}.guesses.#count - :one, rev = rev + :one"
            ))
            .condition_expression(is_counted(lane))
            .expression_attribute_names("#count", "count")
            .expression_attribute_names("#since", "since")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.0));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }

    /// Forgets what was asked for and guessed at an address, for an operator who
    /// lets a person back in while somebody is at them. Whether there was
    /// anything to forget.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn reset_guesses(&self, address: &Contact) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::sign_in_code(address).attributes()))
            .update_expression("SET known = :lane, strange = :lane, rev = rev + :one")
            .condition_expression("attribute_exists(rev)")
            .expression_attribute_values(":lane", attribute(&Lane::default())?)
            .expression_attribute_values(":one", number(1));
        Ok(unless_refused("UpdateItem", update.send().await)?.is_some())
    }
}
