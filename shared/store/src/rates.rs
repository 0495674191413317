//! Rate buckets: fixed windows that start at a key's first hit.
//!
//! A hit is one conditional write, so a budget holds however many functions
//! count at once. Opening a window and counting in an open one are different
//! conditions; a process remembers the windows it has seen and tries the likely
//! one first, which makes nearly every hit a single round trip, and refuses a
//! key that it knows to be over its budget without asking at all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use domain::UnixTime;
use domain::limit::{Exceeded, Limit};
use serde::Deserialize;

use crate::error::unless_refused;
use crate::item::{Item, back_off, from_item, number};
use crate::key::{self, Key, TTL};
use crate::{Store, StoreError};

/// Windows this process remembers at most: some 100 bytes each.
const REMEMBERED: usize = 10_000;

/// For how long a process believes that a window is full without asking: other
/// processes may have taken hits back meanwhile.
const FULL_FOR: u64 = 60;

/// What a process remembers of windows.
#[derive(Default)]
pub(crate) struct Seen(Mutex<HashMap<String, Window>>);

#[derive(Clone, Copy)]
struct Window {
    ends_at: UnixTime,
    full: bool,
}

impl Seen {
    fn get(&self, key: &Key, now: UnixTime) -> Option<Window> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&key.pk)
            .copied()
            .filter(|window| window.ends_at > now)
    }

    fn set(&self, key: &Key, window: Window) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(key.pk.clone(), window);
    }

    fn forget(&self, key: &Key) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&key.pk);
    }
}

#[derive(Deserialize)]
struct Bucket {
    hits: u32,
    window_ends: UnixTime,
}

/// What came of one conditional write.
enum Tried {
    Counted,
    /// The condition failed on this row.
    Refused(Option<Bucket>),
}

impl Store {
    /// Counts one hit of `who` under `limit`. The inner error says that the
    /// budget is used up; nothing was counted then.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn hit(
        &self,
        limit: &Limit,
        who: &str,
        now: UnixTime,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        let key = key::rate(limit.name, who);
        let mut open = match self.seen.get(&key, now) {
            Some(window) if window.full => return Ok(Err(exceeded(limit, window.ends_at, now))),
            seen => seen.is_some(),
        };
        for attempt in 0..4 {
            let tried = if open {
                self.count(limit, &key, now).await?
            } else {
                self.open(limit, &key, now).await?
            };
            match tried {
                Tried::Counted if open => return Ok(Ok(())),
                Tried::Counted => {
                    self.seen.set(
                        &key,
                        Window {
                            ends_at: now.plus(limit.window),
                            full: false,
                        },
                    );
                    return Ok(Ok(()));
                }
                Tried::Refused(Some(row)) if row.window_ends > now && row.hits >= limit.budget => {
                    let ends_at = row.window_ends.min(now.plus(FULL_FOR));
                    self.seen.set(
                        &key,
                        Window {
                            ends_at,
                            full: true,
                        },
                    );
                    return Ok(Err(exceeded(limit, row.window_ends, now)));
                }
                Tried::Refused(row) => {
                    open = row.as_ref().is_some_and(|row| row.window_ends > now);
                    if let Some(row) = row.filter(|_| open) {
                        self.seen.set(
                            &key,
                            Window {
                                ends_at: row.window_ends,
                                full: false,
                            },
                        );
                    }
                }
            }
            if attempt > 0 {
                back_off(attempt, who).await;
            }
        }
        Err(StoreError::Unavailable(
            "a rate bucket stays contended".to_owned(),
        ))
    }

    /// Takes one hit back: it turned out not to be what the limit counts.
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
            .condition_expression("window_ends > :now AND hits > :none")
            .expression_attribute_values(":less", number(-1))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":now", number(now.0));
        self.seen.forget(&key);
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
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":none", number(0));
        self.seen.forget(&key);
        unless_refused("UpdateItem", update.send().await).map(drop)
    }

    /// One more hit in a window that is open and has room.
    async fn count(&self, limit: &Limit, key: &Key, now: UnixTime) -> Result<Tried, StoreError> {
        self.try_bucket(
            key,
            "SET hits = hits + :one",
            None,
            "window_ends > :now AND hits < :budget",
            [
                (":one", 1),
                (":now", now.0),
                (":budget", i64::from(limit.budget)),
            ],
        )
        .await
    }

    /// The first hit of a window, where none is open.
    async fn open(&self, limit: &Limit, key: &Key, now: UnixTime) -> Result<Tried, StoreError> {
        let ends_at = now.plus(limit.window).0;
        self.try_bucket(
            key,
            "SET hits = :one, window_ends = :ends, #ttl = :ends",
            Some(("#ttl", TTL)),
            "attribute_not_exists(pk) OR window_ends <= :now",
            [(":one", 1), (":now", now.0), (":ends", ends_at)],
        )
        .await
    }

    async fn try_bucket(
        &self,
        key: &Key,
        update: &str,
        name: Option<(&str, &str)>,
        condition: &str,
        values: [(&str, i64); 3],
    ) -> Result<Tried, StoreError> {
        let mut call = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .update_expression(update)
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if let Some((name, attribute)) = name {
            call = call.expression_attribute_names(name, attribute);
        }
        for (name, value) in values {
            call = call.expression_attribute_values(name, number(value));
        }
        let Err(error) = call.send().await else {
            return Ok(Tried::Counted);
        };
        let refused = error.as_service_error().and_then(|service| match service {
            aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(e) => Some(e),
            _ => None,
        });
        let Some(refused) = refused else {
            return Err(StoreError::call("UpdateItem", &error));
        };
        let row: Option<Item> = refused.item.clone().filter(|item| !item.is_empty());
        Ok(Tried::Refused(row.map(from_item).transpose()?))
    }
}

/// Whether a bucket that was read along with other things is full.
pub(crate) fn is_full(
    bucket: Option<Item>,
    limit: &Limit,
    now: UnixTime,
) -> Result<bool, StoreError> {
    let bucket: Option<Bucket> = bucket.map(from_item).transpose()?;
    Ok(bucket.is_some_and(|row| row.window_ends > now && row.hits >= limit.budget))
}

fn exceeded(limit: &Limit, ends_at: UnixTime, now: UnixTime) -> Exceeded {
    Exceeded {
        quota: limit.quota,
        retry_after: ends_at.seconds_since(now).max(1),
    }
}
