//! Rate buckets: fixed windows that start at a key's first hit.
//!
//! A hit is one conditional write, so a budget holds however many functions
//! count at once. One expression counts in an open window and opens the first
//! one of a key; only a window that is over and not yet swept needs another,
//! since an update cannot choose between counting on and starting anew. What a
//! process remembers tells which to try first, so a hit is one round trip,
//! except where it meets a window that another process left or opened anew:
//! then two. A key that it knows to be over its budget it refuses without asking.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::UnixTime;
use domain::limit::{Exceeded, Limit};
use serde::Deserialize;

use crate::error::unless_refused;
use crate::item::{Item, back_off, number};
use crate::key::{self, Key, TTL};
use crate::{Store, StoreError};

/// Windows this process remembers at most: some 100 bytes each.
const REMEMBERED: usize = 10_000;

/// For how long a process believes that a window is full without asking: other
/// processes may have taken hits back meanwhile.
const FULL_FOR: u64 = 60;

/// What a process remembers of windows, also of those that are over.
#[derive(Default)]
pub(crate) struct Seen(Mutex<HashMap<String, Window>>);

#[derive(Clone, Copy)]
struct Window {
    ends_at: UnixTime,
    /// Until when it is taken to be full.
    full_until: Option<UnixTime>,
}

impl Seen {
    fn get(&self, key: &str) -> Option<Window> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(key).copied()
    }

    fn set(&self, key: &str, window: Window) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(key.to_owned(), window);
    }

    fn forget(&self, key: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}

#[derive(Deserialize)]
struct Bucket {
    hits: u32,
    window_ends: UnixTime,
}

impl Bucket {
    fn is_open(&self, now: UnixTime) -> bool {
        self.window_ends > now
    }

    fn is_full(&self, limit: &Limit, now: UnixTime) -> bool {
        self.is_open(now) && self.hits >= limit.budget
    }
}

/// What came of one conditional write, with the row after it or as it is.
enum Tried {
    Counted(Bucket),
    Refused(Bucket),
    /// The row could not be read, and was emptied.
    Unreadable,
}

impl Store {
    /// Counts one hit of `who` under `limit`, and returns its number in its window. The
    /// inner error says that the budget is used up; nothing was counted then.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn hit(
        &self,
        limit: &Limit,
        who: &str,
        now: UnixTime,
    ) -> Result<Result<u32, Exceeded>, StoreError> {
        let key = key::rate(limit.name, who);
        let memory = remembered(&key, limit);
        let seen = self.seen.get(&memory);
        if let Some(window) = seen
            && window.full_until.is_some_and(|until| until > now)
        {
            return Ok(Err(exceeded(limit, window.ends_at, now)));
        }
        let mut over = seen.is_some_and(|window| window.ends_at <= now);
        for attempt in 0..4 {
            let tried = if over {
                self.start_anew(limit, &key, now).await?
            } else {
                self.count(limit, &key, now).await?
            };
            let (Tried::Counted(row) | Tried::Refused(row)) = &tried else {
                over = false;
                continue;
            };
            let full = matches!(tried, Tried::Refused(_)) && row.is_full(limit, now);
            let window = Window {
                ends_at: row.window_ends,
                full_until: full.then(|| row.window_ends.min(now.plus(FULL_FOR))),
            };
            self.seen.set(&memory, window);
            if full {
                return Ok(Err(exceeded(limit, window.ends_at, now)));
            }
            match tried {
                Tried::Counted(row) => return Ok(Ok(row.hits)),
                Tried::Refused(row) => over = !row.is_open(now),
                Tried::Unreadable => {}
            }
            if attempt > 0 {
                back_off(attempt, who).await;
            }
        }
        Err(StoreError::Unavailable(
            "a rate bucket stays contended".to_owned(),
        ))
    }

    /// How far `who` is over a limit, without counting.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn exceeded(
        &self,
        limit: &Limit,
        who: &str,
        now: UnixTime,
    ) -> Result<Option<Exceeded>, StoreError> {
        let bucket = self.item(&key::rate(limit.name, who)).await?;
        self.exceeded_in(bucket, limit, who, now).await
    }

    /// Takes back one hit that was counted at `now`: it turned out not to be what the
    /// limit counts. Only from the window that it was counted in: one that ends
    /// later than a window that opened at `now` has opened since.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn take_back(
        &self,
        limit: &Limit,
        who: &str,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let key = key::rate(limit.name, who);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .update_expression("ADD hits :less")
            .condition_expression("window_ends > :now AND window_ends <= :ends AND hits > :none")
            .expression_attribute_values(":ends", number(now.plus(limit.window).0))
            .expression_attribute_values(":less", number(-1))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":now", number(now.0));
        self.seen.forget(&remembered(&key, limit));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }

    /// Forgets all hits of `who` under `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn clear(&self, limit: &Limit, who: &str) -> Result<(), StoreError> {
        let key = key::rate(limit.name, who);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .update_expression("SET hits = :none")
            .condition_expression("attribute_exists(window_ends)")
            .expression_attribute_values(":none", number(0));
        self.seen.forget(&remembered(&key, limit));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }

    /// Opens a window of `who` with one hit in it, whether or not one is open.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn restart(&self, limit: &Limit, who: &str, now: UnixTime) -> Result<(), StoreError> {
        let key = key::rate(limit.name, who);
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .update_expression("SET window_ends = :ends, #ttl = :ends, hits = :one")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":ends", number(now.plus(limit.window).0))
            .expression_attribute_values(":one", number(1));
        self.seen.forget(&remembered(&key, limit));
        let restarted = update.send().await;
        restarted
            .map(drop)
            .map_err(|error| StoreError::call("UpdateItem", &error))
    }

    /// One more hit in a window that is open and has room, or the key's first.
    async fn count(&self, limit: &Limit, key: &Key, now: UnixTime) -> Result<Tried, StoreError> {
        self.try_bucket(
            limit,
            key,
            now,
            "SET window_ends = if_not_exists(window_ends, :ends), #ttl = if_not_exists(#ttl, :ends) ADD hits :one",
            "attribute_not_exists(window_ends) OR (window_ends > :now AND hits < :budget)",
            &[(":budget", i64::from(limit.budget))],
        )
        .await
    }

    /// The first hit of a window, where none is open.
    async fn start_anew(
        &self,
        limit: &Limit,
        key: &Key,
        now: UnixTime,
    ) -> Result<Tried, StoreError> {
        self.try_bucket(
            limit,
            key,
            now,
            "SET window_ends = :ends, #ttl = :ends, hits = :one",
            "attribute_not_exists(window_ends) OR window_ends <= :now",
            &[],
        )
        .await
    }

    async fn try_bucket(
        &self,
        limit: &Limit,
        key: &Key,
        now: UnixTime,
        update: &str,
        condition: &str,
        values: &[(&str, i64)],
    ) -> Result<Tried, StoreError> {
        let mut call = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .update_expression(update)
            .condition_expression(condition)
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":ends", number(now.plus(limit.window).0))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (name, value) in values {
            call = call.expression_attribute_values(*name, number(value));
        }
        match call.send().await {
            Ok(counted) => {
                let row = self.counters(key, counted.attributes).await?;
                Ok(row.map_or(Tried::Unreadable, Tried::Counted))
            }
            Err(error) => match error.as_service_error() {
                // Either condition holds where there is no row, so one was in the way.
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    let row = self.counters(key, refused.item.clone()).await?;
                    Ok(row.map_or(Tried::Unreadable, Tried::Refused))
                }
                _ => Err(StoreError::call("UpdateItem", &error)),
            },
        }
    }

    /// Whether a bucket that was read along with other things is full.
    pub(crate) async fn is_full(
        &self,
        bucket: Option<Item>,
        limit: &Limit,
        who: &str,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let exceeded = self.exceeded_in(bucket, limit, who, now).await?;
        Ok(exceeded.is_some())
    }

    /// How far a bucket of `who` that was read along with other things is over its
    /// limit.
    pub(crate) async fn exceeded_in(
        &self,
        bucket: Option<Item>,
        limit: &Limit,
        who: &str,
        now: UnixTime,
    ) -> Result<Option<Exceeded>, StoreError> {
        let key = key::rate(limit.name, who);
        let bucket: Option<Bucket> = self.counters(&key, bucket).await?;
        Ok(bucket
            .filter(|row| row.is_full(limit, now))
            .map(|row| exceeded(limit, row.window_ends, now)))
    }
}

/// What a window is remembered by. One bucket may have several budgets, a share of it
/// for some: full for those it is not full for all.
fn remembered(key: &Key, limit: &Limit) -> String {
    format!("{}#{}", key.pk, limit.budget)
}

fn exceeded(limit: &Limit, ends_at: UnixTime, now: UnixTime) -> Exceeded {
    Exceeded {
        quota: limit.quota,
        retry_after: ends_at.seconds_since(now).max(1),
    }
}
