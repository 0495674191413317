//! Sign-in codes: one row an address, guessed by counting first.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::email_code::{CodeLedger, CodePolicy, Lane, LaneName, STRANGE_GUESSES_A_DAY, Window};
use domain::{EmailAddress, UnixTime};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{attribute, from_item, number, string, to_item};
use crate::key;
use crate::users::Claim;
use crate::{Store, StoreError};

const KNOWN_GUESS: &str = "SET known.#tries = known.#tries + :one, \
    known.#since = if_not_exists(known.#since, :now), known.#last = :now, rev = rev + :one";
const KNOWN_ADMITS: &str = "nonce = :nonce AND expires_at > :now AND known.#tries < :max";

const STRANGE_GUESS: &str = "SET strange.#tries = strange.#tries + :one, \
    strange.#since = if_not_exists(strange.#since, :now), strange.#last = :now, \
    strange_day.#since = if_not_exists(strange_day.#since, :now), \
    strange_day.#count = strange_day.#count + :one, rev = rev + :one";
const STRANGE_ADMITS: &str = "nonce = :nonce AND expires_at > :now AND strange.#tries < :max \
    AND strange_day.#count < :day";

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
        address: &EmailAddress,
    ) -> Result<CodeAndHolder, StoreError> {
        let [ledger, claim] = self
            .get_all([&key::sign_in_code(address), &key::email_claim(address)])
            .await?;
        let claim: Option<Claim> = claim.map(from_item).transpose()?;
        Ok(CodeAndHolder {
            ledger: ledger.map(from_item).transpose()?,
            holder: claim.map(|claim| claim.sub),
        })
    }

    /// Writes an address's row if it is still at revision `before` (`None`: if
    /// there is none). Whether it was written.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn save_code(
        &self,
        address: &EmailAddress,
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
            None => put.condition_expression("attribute_not_exists(pk)"),
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
        address: &EmailAddress,
        nonce: &str,
        lane: LaneName,
        now: UnixTime,
        policy: &CodePolicy,
    ) -> Result<Option<CodeLedger>, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::sign_in_code(address).attributes()))
            .expression_attribute_names("#tries", "tries")
            .expression_attribute_names("#since", "since")
            .expression_attribute_names("#last", "last")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":nonce", string(nonce))
            .expression_attribute_values(":max", number(policy.max_tries))
            .return_values(ReturnValue::AllNew);
        let update = match lane {
            LaneName::Known => update
                .update_expression(KNOWN_GUESS)
                .condition_expression(KNOWN_ADMITS),
            LaneName::Strange => update
                .update_expression(STRANGE_GUESS)
                .condition_expression(STRANGE_ADMITS)
                .expression_attribute_names("#count", "count")
                .expression_attribute_values(":day", number(STRANGE_GUESSES_A_DAY)),
        };
        let counted = unless_refused("UpdateItem", update.send().await)?;
        counted
            .and_then(|answer| answer.attributes)
            .map(from_item)
            .transpose()
    }

    /// Forgets the guesses at an address, for an operator who lets a person
    /// back in while somebody guesses at them. Nothing happens without a row.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn forget_guesses(&self, address: &EmailAddress) -> Result<(), StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::sign_in_code(address).attributes()))
            .update_expression(
                "SET known = :lane, strange = :lane, strange_day = :window, rev = rev + :one",
            )
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":lane", attribute(&Lane::default())?)
            .expression_attribute_values(":window", attribute(&Window::default())?)
            .expression_attribute_values(":one", number(1));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }
}
