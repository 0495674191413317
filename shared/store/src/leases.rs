//! Budgets leased in blocks, for limits so wide that a write for every hit would
//! be most of what the hit costs.
//!
//! A process takes a block of a window's budget with one conditional write and
//! then counts in memory. What is leased is counted, so no window ever admits
//! more than its budget, however many processes take from it; what a process
//! leased and did not use by the end of the window is lost. To keep that small a
//! block is twice the one before, from one, so no process holds more than it has used;
//! at most [`MOST`]; and at most an eighth of what is left, so the last hits are shared out
//! one by one. A key whose budget is used up is refused from memory until its window ends.
//!
//! Hits are numbered: a block is the last numbers that were leased. Budgets that share one
//! key, such as the shares of a day's letters, share its blocks, and a hit is good for
//! whichever of them reaches its number. What is given back goes into memory, as the
//! highest number: at worst a later hit counts as one that came after it did.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::UnixTime;
use domain::limit::{Exceeded, Limit};
use serde::Deserialize;

use crate::item::{Item, back_off, number};
use crate::key::{self, Key, TTL};
use crate::{Store, StoreError};

/// Leases this process holds at most: some 100 bytes each.
const HELD: usize = 10_000;

/// The part of what is left that one block may take.
const SHARE: u32 = 8;

/// The largest block: some writes a second do for a thousand hits a second, and a process
/// that ends takes little with it.
const MOST: u32 = 64;

/// Tries before a bucket counts as contended.
const TRIES: u32 = 6;

/// What a process holds of windows.
#[derive(Default)]
pub(crate) struct Leases {
    held: Mutex<HashMap<String, Lease>>,
    /// Held by the request that leases, so that many at once lease one block.
    leasing: tokio::sync::Mutex<()>,
}

#[derive(Clone, Copy)]
struct Lease {
    ends_at: UnixTime,
    /// Hits that are left.
    left: u32,
    /// The size of the block that was leased last.
    block: u32,
    /// The number of its last hit: what the window had counted then, by all processes.
    hits: u32,
}

impl Lease {
    /// Takes one hit for a budget. `None` if none is left, and there may be others.
    fn take(&mut self, budget: u32) -> Option<bool> {
        if self.left == 0 {
            return (self.hits >= budget).then_some(false);
        }
        let number = self.hits.saturating_sub(self.left).saturating_add(1);
        let is_within = number <= budget;
        if is_within {
            self.left -= 1;
        }
        Some(is_within)
    }
}

#[derive(Deserialize)]
struct Bucket {
    hits: u32,
    window_ends: UnixTime,
}

impl Leases {
    /// Takes one hit from memory. `None` if the table has to be asked.
    fn take(&self, limit: &Limit, key: &Key, now: UnixTime) -> Option<Result<(), Exceeded>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let lease = held.get_mut(&key.pk).filter(|lease| lease.ends_at > now)?;
        Some(match lease.take(limit.budget)? {
            true => Ok(()),
            false => Err(Exceeded {
                quota: limit.quota,
                retry_after: lease.ends_at.seconds_since(now).max(1),
            }),
        })
    }

    /// Takes one hit back that was taken at `now`, unless its window is over: one that ends
    /// later than a window that opened at `now` has opened since.
    fn give_back(&self, limit: &Limit, key: &Key, now: UnixTime) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of = |lease: &&mut Lease| {
            lease.ends_at > now
                && lease.ends_at <= now.plus(limit.window)
                && lease.left < lease.hits
        };
        if let Some(lease) = held.get_mut(&key.pk).filter(is_of) {
            lease.left += 1;
        }
    }

    /// What was leased last, also in a window that is over.
    fn get(&self, key: &Key) -> Option<Lease> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&key.pk).copied()
    }

    /// Keeps a lease, beside what was given back of the same window meanwhile: as much of it
    /// as there are numbers for, which is less where the window was counted anew because its
    /// row could not be read.
    fn set(&self, key: &Key, mut lease: Lease, now: UnixTime) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= HELD {
            held.retain(|_, lease| lease.ends_at > now);
        }
        if held.len() >= HELD {
            // So many keys in one window are an attack; what they had leased is counted.
            held.clear();
        }
        let before = held.get(&key.pk).filter(|own| own.ends_at == lease.ends_at);
        let given_back = before.map_or(0, |own| own.left);
        lease.left = lease.left.saturating_add(given_back).min(lease.hits);
        held.insert(key.pk.clone(), lease);
    }
}

impl Store {
    /// Counts one hit of `who` under `limit` in memory, if this process holds a
    /// lease or knows that the budget is used up. `None` if it has to
    /// [`Store::lease`].
    #[must_use]
    pub fn take(&self, limit: &Limit, who: &str, now: UnixTime) -> Option<Result<(), Exceeded>> {
        self.leases.take(limit, &key::rate(limit.name, who), now)
    }

    /// Counts one hit of `who` under `limit`, from a lease. The inner error says that the
    /// budget is used up.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn take_or_lease(
        &self,
        limit: &Limit,
        who: &str,
        now: UnixTime,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        match self.take(limit, who, now) {
            Some(taken) => Ok(taken),
            None => self.lease(limit, who, now).await,
        }
    }

    /// Takes back one hit that was counted at `now`, from a lease: this process may use it
    /// for another.
    pub fn give_back(&self, limit: &Limit, who: &str, now: UnixTime) {
        self.leases
            .give_back(limit, &key::rate(limit.name, who), now);
    }

    /// Leases a block of the budget of `who` under `limit`, and takes one hit of it.
    /// The inner error says that the budget is used up.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn lease(
        &self,
        limit: &Limit,
        who: &str,
        now: UnixTime,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        let key = key::rate(limit.name, who);
        let _one = self.leases.leasing.lock().await;
        if let Some(taken) = self.leases.take(limit, &key, now) {
            return Ok(taken);
        }
        let last = self.leases.get(&key);
        let mut anew = last.is_some_and(|lease| lease.ends_at <= now);
        let mut block = last.filter(|_| !anew).map_or(1, |lease| {
            let room = limit.budget.saturating_sub(lease.hits);
            let block = lease.block.saturating_mul(2).min(MOST);
            block.min(room / SHARE).max(1)
        });
        for attempt in 0..TRIES {
            match self.try_lease(limit, &key, block, anew, now).await? {
                Ok(bucket) => {
                    let lease = Lease {
                        ends_at: bucket.window_ends,
                        left: block - 1,
                        block,
                        hits: bucket.hits,
                    };
                    self.leases.set(&key, lease, now);
                    return Ok(Ok(()));
                }
                Err(row) => {
                    anew = row.as_ref().is_some_and(|row| row.window_ends <= now);
                    let Some(row) = row.filter(|_| !anew) else {
                        continue;
                    };
                    let room = limit.budget.saturating_sub(row.hits);
                    if room == 0 {
                        let lease = Lease {
                            ends_at: row.window_ends,
                            left: 0,
                            block,
                            hits: row.hits,
                        };
                        self.leases.set(&key, lease, now);
                        let retry_after = row.window_ends.seconds_since(now).max(1);
                        return Ok(Err(Exceeded {
                            quota: limit.quota,
                            retry_after,
                        }));
                    }
                    block = block.min(room);
                }
            }
            if attempt > 1 {
                back_off(attempt, who).await;
            }
        }
        Err(StoreError::Unavailable(
            "a rate bucket stays contended".to_owned(),
        ))
    }

    /// One conditional write: the bucket as it is now, or the row that refused. It
    /// takes from the open window or opens the key's first; with `anew` it puts
    /// one in the place of one that is over.
    async fn try_lease(
        &self,
        limit: &Limit,
        key: &Key,
        block: u32,
        anew: bool,
        now: UnixTime,
    ) -> Result<Result<Bucket, Option<Bucket>>, StoreError> {
        let call = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .expression_attribute_values(":block", number(block))
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":ends", number(now.plus(limit.window).0))
            .expression_attribute_names("#ttl", TTL)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let call = if anew {
            call.update_expression("SET hits = :block, window_ends = :ends, #ttl = :ends")
                .condition_expression("attribute_not_exists(window_ends) OR window_ends <= :now")
        } else {
            let room = limit.budget.saturating_sub(block);
            call.update_expression(
                "SET window_ends = if_not_exists(window_ends, :ends), \
                 #ttl = if_not_exists(#ttl, :ends) ADD hits :block",
            )
            .condition_expression(
                "attribute_not_exists(window_ends) OR (window_ends > :now AND hits <= :room)",
            )
            .expression_attribute_values(":room", number(room))
        };
        let error = match call.send().await {
            Ok(done) => {
                let row: Item = done.attributes.unwrap_or_default();
                let row = self.counters(key, Some(row)).await?;
                return Ok(row.ok_or(None));
            }
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                let row = refused.item.clone().filter(|item| !item.is_empty());
                Ok(Err(self.counters(key, row).await?))
            }
            _ => Err(StoreError::call("UpdateItem", &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::limit::Quota;

    use super::*;

    const NOW: UnixTime = UnixTime(1000);

    fn limit(budget: u32) -> Limit {
        Limit {
            name: "letters",
            window: 60,
            budget,
            quota: Quota::Stack,
        }
    }

    /// A process that leased `left` hits, the last of which is number `hits`.
    fn process(left: u32, hits: u32) -> (Leases, Key) {
        let (leases, key) = (Leases::default(), key::rate("letters", "stack"));
        let lease = Lease {
            ends_at: NOW.plus(60),
            left,
            block: left,
            hits,
        };
        leases.set(&key, lease, NOW);
        (leases, key)
    }

    #[test]
    fn a_share_takes_no_hit_beyond_it_and_leaves_it_to_the_others() {
        let (leases, key) = process(4, 10);
        let take = |budget| leases.take(&limit(budget), &key, NOW);
        // Numbers 7 and 8, of which the smaller share has 8.
        assert_eq!(take(8), Some(Ok(())));
        assert_eq!(take(8), Some(Ok(())));
        assert!(matches!(take(8), Some(Err(_))));
        assert_eq!(take(10), Some(Ok(())));
        assert_eq!(take(10), Some(Ok(())));
        assert!(matches!(take(10), Some(Err(_))), "it is used up for all");
        assert_eq!(take(11), None, "there may be more");
    }

    #[test]
    fn what_is_given_back_is_taken_again_and_only_in_its_window() {
        let (leases, key) = process(1, 10);
        let all = limit(10);
        assert_eq!(leases.take(&all, &key, NOW), Some(Ok(())));
        leases.give_back(&all, &key, NOW);
        assert_eq!(leases.take(&all, &key, NOW), Some(Ok(())));
        let yesterday = UnixTime(NOW.0 - 1);
        leases.give_back(&all, &key, yesterday);
        leases.give_back(&all, &key, NOW.plus(60));
        assert!(matches!(leases.take(&all, &key, NOW), Some(Err(_))));
    }

    #[test]
    fn what_is_given_back_while_a_block_is_leased_is_kept() {
        let (leases, key) = process(1, 10);
        let more = Lease {
            ends_at: NOW.plus(60),
            left: 1,
            block: 2,
            hits: 12,
        };
        leases.set(&key, more, NOW);
        let all = limit(12);
        assert_eq!(leases.take(&all, &key, NOW), Some(Ok(())));
        assert_eq!(leases.take(&all, &key, NOW), Some(Ok(())));
        assert!(matches!(leases.take(&all, &key, NOW), Some(Err(_))));
    }

    #[test]
    fn a_window_that_is_counted_anew_has_no_more_hits_than_numbers() {
        let (leases, key) = process(3, 10);
        let anew = Lease {
            ends_at: NOW.plus(60),
            left: 0,
            block: 1,
            hits: 1,
        };
        leases.set(&key, anew, NOW);
        assert_eq!(leases.take(&limit(1), &key, NOW), Some(Ok(())));
        assert!(matches!(leases.take(&limit(1), &key, NOW), Some(Err(_))));
    }
}
