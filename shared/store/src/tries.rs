//! Ledgers of tries: what was tried lately against one thing that can be guessed.
//!
//! A ledger is found by a keyed digest, which the flows make: of a name that a user signs
//! in by, of an account's second factor, or of another thing that is guessed at.
//! [`domain::password::guesses`] says how tries are admitted. A try is counted
//! before anything is compared, and a right one is settled once afterwards.
//!
//! No counter of a ledger goes below zero: the condition of each write that takes
//! something back demands that it is there.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::UnixTime;
use domain::email_code::{NETWORK_KINDS, NetworkKind};
use domain::limit::{Exceeded, Limit};
use domain::network::NetworkMark;
use domain::password::guesses::{Admission, GuessLedger};
use domain::time::DAY;
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{attribute, number, string};
use crate::key::{self, TTL};
use crate::{Store, StoreError};

/// How long a ledger is kept: long enough that a person who comes back after a few
/// weeks is known by their networks at the first try.
const LEDGER_KEPT: u64 = 60 * DAY;

/// What is known before a try is counted.
#[derive(Clone, Debug, Default)]
pub struct TryState {
    /// What was tried lately.
    pub ledger: GuessLedger,
    pub(crate) from_known: Option<Exceeded>,
    pub(crate) from_unknown: Option<Exceeded>,
}

impl TryState {
    /// Whether the network that tries has used up what it may try from one kind of network, over
    /// all accounts.
    ///
    /// # Errors
    /// [`Exceeded`] if it has.
    pub fn admits(&self, network_kind: NetworkKind) -> Result<(), Exceeded> {
        match network_kind {
            NetworkKind::Known => self.from_known.map_or(Ok(()), Err),
            NetworkKind::Unknown => self.from_unknown.map_or(Ok(()), Err),
        }
    }
}

/// Where a count stands in the row: its tries, and the last of them.
const fn attempts_attributes(network_kind: NetworkKind) -> (&'static str, &'static str) {
    match network_kind {
        NetworkKind::Known => ("known_tries", "known_last"),
        NetworkKind::Unknown => ("strange_tries", "strange_last"),
    }
}

impl Store {
    /// The tries in the ledger `digest`, and what the network that tries has left of
    /// `limit` for each kind of network: in one round trip and before anything is counted.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn before_try(
        &self,
        digest: &str,
        network: &str,
        limit: fn(NetworkKind) -> Limit,
        now: UnixTime,
    ) -> Result<TryState, StoreError> {
        let [known, unknown] = NETWORK_KINDS.map(limit);
        let ledger_at = key::guesses(digest);
        let [ledger, from_known, from_unknown] = self
            .get_all([
                &ledger_at,
                &key::rate(known.name, network),
                &key::rate(unknown.name, network),
            ])
            .await?;
        Ok(TryState {
            ledger: self.counters(&ledger_at, ledger).await?.unwrap_or_default(),
            from_known: self.exceeded_in(from_known, &known, network, now).await?,
            from_unknown: self
                .exceeded_in(from_unknown, &unknown, network, now)
                .await?,
        })
    }

    /// The tries in the ledger `digest`.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn tries(&self, digest: &str) -> Result<GuessLedger, StoreError> {
        let key = key::guesses(digest);
        let item = self.item(&key).await?;
        Ok(self.counters(&key, item).await?.unwrap_or_default())
    }

    /// Counts one try, before anything is compared. The ledger with the try counted,
    /// or `None` if others were faster than its admission allows.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn count_try(
        &self,
        digest: &str,
        network_kind: NetworkKind,
        admission: Admission,
        now: UnixTime,
    ) -> Result<Option<GuessLedger>, StoreError> {
        let (tries_at, last_at) = attempts_attributes(network_kind);
        let key = key::guesses(digest);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
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
        let Some(counted) = unless_refused("UpdateItem", update.send().await)? else {
            return Ok(None);
        };
        let ledger = self.counters(&key, counted.attributes).await?;
        Ok(Some(ledger.unwrap_or_default()))
    }

    /// Notes which networks the account behind a ledger knows, so that the next try from
    /// there falls under their own count. Costs the same when there is no account.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn note_networks(
        &self,
        digest: &str,
        sub: Option<Uuid>,
        networks: &[NetworkMark],
    ) -> Result<(), StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::guesses(digest).attributes()))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#sub", "sub")
            .expression_attribute_names("#networks", "networks")
            .expression_attribute_values(":networks", attribute(&networks)?);
        let update = match sub {
            Some(sub) => update
                .update_expression("SET #networks = :networks, #sub = :sub")
                .expression_attribute_values(":sub", string(sub)),
            None => update.update_expression("SET #networks = :networks REMOVE #sub"),
        };
        unless_refused("UpdateItem", update.send().await).map(drop)
    }

    /// What a right try does to the ledger: it ends the rest of its owner's known
    /// networks, or takes its own count back among unknown ones; and its network is a
    /// known one from now on. To be called once for a try that was counted.
    ///
    /// A count that is gone by now, since an operator let the user back in meanwhile,
    /// is not taken back again: only the networks are noted then.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn record_success(
        &self,
        digest: &str,
        network_kind: NetworkKind,
        sub: Uuid,
        networks: &[NetworkMark],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let (tries_at, _) = attempts_attributes(network_kind);
        let (settled, floor, by) = match network_kind {
            NetworkKind::Known => (":settled".to_owned(), "attribute_exists(pk)".to_owned(), 0),
            NetworkKind::Unknown => (
                format!("{tries_at} - :settled"),
                format!("{tries_at} >= :settled"),
                1,
            ),
        };
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::guesses(digest).attributes()))
            .update_expression(format!(
                "SET {tries_at} = {settled}, #sub = :sub, #networks = :networks, #ttl = :ttl"
            ))
            .condition_expression(floor)
            .expression_attribute_names("#sub", "sub")
            .expression_attribute_names("#networks", "networks")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":settled", number(by))
            .expression_attribute_values(":sub", string(sub))
            .expression_attribute_values(":networks", attribute(&networks)?)
            .expression_attribute_values(":ttl", number(now.plus(LEDGER_KEPT).0));
        match unless_refused("UpdateItem", update.send().await)? {
            Some(_) => Ok(()),
            None => self.note_networks(digest, Some(sub), networks).await,
        }
    }

    /// Forgets the tries of a ledger, for an operator who lets a user back in. Whether
    /// there was anything to forget.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn reset_tries(&self, digest: &str) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key::guesses(digest).attributes()))
            .update_expression("SET known_tries = :none, strange_tries = :none")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":none", number(0));
        Ok(unless_refused("UpdateItem", update.send().await)?.is_some())
    }
}
