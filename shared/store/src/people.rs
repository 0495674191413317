//! The directory as a list with totals: how many accounts there are, those on a page, and
//! all of them for whoever has to look at each.
//!
//! Accounts stand in the order in which they came to be, so a span of that time is read
//! without the rest. All shards are asked at once. A list is as of the index: it may lag
//! behind the accounts, and so behind the number of all of them, by a moment.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Select};
use domain::account::User;
use domain::provider::{Link, Provider};
use futures_util::future::{try_join, try_join_all};
use serde::Deserialize;
use uuid::Uuid;

use crate::directory::{DirectoryEntry, cursor_of};
use crate::item::{Item, from_item, string};
use crate::key::{self, DIR_PK, DIR_SK, DIRECTORY, Key, PK};
use crate::{Store, StoreError};

/// Seconds that ten digits tell.
const LAST_SECOND: i64 = 9_999_999_999;

/// The accounts that came to be in a span of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first second.
    pub first: i64,
    /// The last second.
    pub last: i64,
}

impl Span {
    /// All of them.
    pub const ALL: Self = Self {
        first: 0,
        last: LAST_SECOND,
    };

    /// The part of it that is in `other`, too.
    #[must_use]
    pub fn within(self, other: Self) -> Self {
        Self {
            first: self.first.max(other.first),
            last: self.last.min(other.last),
        }
    }

    fn is_empty(self) -> bool {
        self.first > self.last
    }
}

/// A shard that is read from one end.
struct Shard {
    number: u8,
    /// The cursors that were read, in order.
    read: Vec<String>,
    from: Option<HashMap<String, AttributeValue>>,
    is_done: bool,
}

/// The row of a shard's total.
#[derive(Deserialize)]
struct Total {
    accounts: u64,
}

impl Store {
    /// How many accounts there are: kept for all of them, and counted for a part.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn directory_total(&self, span: Span) -> Result<u64, StoreError> {
        if span.is_empty() {
            return Ok(0);
        }
        if span == Span::ALL {
            let keys: Vec<Key> = (0..key::SHARDS).map(key::directory_total).collect();
            let totals = self.get_many(&keys).await?.into_iter();
            let totals: Vec<Total> = totals.map(from_item).collect::<Result<_, _>>()?;
            return Ok(totals.into_iter().map(|total| total.accounts).sum());
        }
        let shards = (0..key::SHARDS).map(|shard| self.shard_total(shard, span));
        Ok(try_join_all(shards).await?.into_iter().sum())
    }

    async fn shard_total(&self, shard: u8, span: Span) -> Result<u64, StoreError> {
        let (mut total, mut from) = (0, None);
        loop {
            let query = self.span_query(shard, span).select(Select::Count);
            let answer = query.set_exclusive_start_key(from).send().await;
            let answer = answer.map_err(|e| StoreError::call("Query", &e))?;
            total += u64::try_from(answer.count).unwrap_or_default();
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(total);
            }
        }
    }

    /// The names of the accounts from the one at `offset` on, up to `limit`, oldest or
    /// latest first. Everything before them is read, too.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn directory_page(
        &self,
        span: Span,
        latest_first: bool,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<Uuid>, StoreError> {
        if span.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = offset.saturating_add(limit);
        let mut shards: Vec<Shard> = (0..key::SHARDS)
            .map(|number| Shard {
                number,
                read: Vec::new(),
                from: None,
                is_done: false,
            })
            .collect();
        loop {
            let reading = shards.iter_mut().filter(|shard| !shard.is_done);
            try_join_all(reading.map(|shard| self.read_on(shard, span, latest_first, wanted)))
                .await?;
            let certain = certain(&shards, latest_first);
            let all_read = shards.iter().all(|shard| shard.is_done);
            if all_read || certain.len() >= wanted {
                let page = certain.into_iter().skip(offset).take(limit);
                return Ok(page.filter_map(|cursor| sub_of(cursor)).collect());
            }
        }
    }

    async fn read_on(
        &self,
        shard: &mut Shard,
        span: Span,
        latest_first: bool,
        wanted: usize,
    ) -> Result<(), StoreError> {
        // They are spread by chance: one shard may hold twice its part and a few.
        let even = wanted.div_ceil(usize::from(key::SHARDS));
        let size = i32::try_from(even.saturating_mul(2).saturating_add(4)).unwrap_or(i32::MAX);
        let answer = self
            .span_query(shard.number, span)
            .projection_expression("#sk")
            .scan_index_forward(!latest_first)
            .set_exclusive_start_key(shard.from.take())
            .limit(size)
            .send()
            .await
            .map_err(|e| StoreError::call("Query", &e))?;
        let items = answer.items.unwrap_or_default();
        shard
            .read
            .extend(items.iter().filter_map(|item| cursor_of(Some(item))));
        shard.from = answer.last_evaluated_key;
        shard.is_done = shard.from.is_none();
        Ok(())
    }

    /// All accounts of a span, in no order; `None` if there are more than `most`.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn whole_directory(
        &self,
        span: Span,
        most: usize,
    ) -> Result<Option<Vec<DirectoryEntry>>, StoreError> {
        if span.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let read = AtomicUsize::new(0);
        let shards = (0..key::SHARDS).map(|shard| self.whole_shard(shard, span, most, &read));
        let items: Vec<Item> = try_join_all(shards).await?.concat();
        if items.len() > most {
            return Ok(None);
        }
        let entries: Result<Vec<_>, _> = items.into_iter().map(from_item).collect();
        entries.map(Some)
    }

    /// All of one shard, or as much as shows that all shards hold more than `most`.
    async fn whole_shard(
        &self,
        shard: u8,
        span: Span,
        most: usize,
        read: &AtomicUsize,
    ) -> Result<Vec<Item>, StoreError> {
        let (mut found, mut from) = (Vec::new(), None);
        loop {
            let query = self.span_query(shard, span).set_exclusive_start_key(from);
            let answer = query.send().await;
            let answer = answer.map_err(|e| StoreError::call("Query", &e))?;
            let items = answer.items.unwrap_or_default();
            let so_far = read.fetch_add(items.len(), Ordering::Relaxed) + items.len();
            found.extend(items);
            from = answer.last_evaluated_key;
            if from.is_none() || so_far > most {
                return Ok(found);
            }
        }
    }

    fn span_query(&self, shard: u8, span: Span) -> QueryFluentBuilder {
        let place = |second: i64| format!("{:010}", second.clamp(0, LAST_SECOND));
        self.db
            .query()
            .table_name(&*self.table)
            .index_name(DIRECTORY)
            .key_condition_expression("#pk = :partition AND #sk BETWEEN :first AND :last")
            .expression_attribute_names("#pk", DIR_PK)
            .expression_attribute_names("#sk", DIR_SK)
            .expression_attribute_values(":partition", string(key::directory_shard(shard)))
            .expression_attribute_values(":first", string(place(span.first)))
            // Behind every account of that second.
            .expression_attribute_values(":last", string(place(span.last) + "#~"))
    }

    /// Which providers these accounts are linked to.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn links_of(
        &self,
        subs: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<Provider>>, StoreError> {
        let keys: Vec<Key> = subs
            .iter()
            .flat_map(|sub| Provider::ALL.map(|provider| key::link(*sub, provider)))
            .collect();
        let mut links: HashMap<Uuid, Vec<Provider>> = HashMap::new();
        for item in self.get_all_of(&keys).await? {
            let partition = item.get(PK).and_then(|pk| pk.as_s().ok());
            let sub = partition.and_then(|pk| Uuid::try_parse(pk.strip_prefix("USER#")?).ok());
            let link: Link = from_item(item)?;
            links
                .entry(sub.unwrap_or_default())
                .or_default()
                .push(link.provider);
        }
        for providers in links.values_mut() {
            providers.sort_by_key(|one| Provider::ALL.iter().position(|other| other == one));
        }
        Ok(links)
    }

    /// These accounts and their providers, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn users_with_links(
        &self,
        subs: &[Uuid],
    ) -> Result<(Vec<User>, HashMap<Uuid, Vec<Provider>>), StoreError> {
        try_join(self.users(subs), self.links_of(subs)).await
    }
}

/// What is read of all shards up to where each was read, in order: what comes before that
/// is certain, however the rest may be.
fn certain(shards: &[Shard], latest_first: bool) -> Vec<&String> {
    let reached = shards.iter().filter(|shard| !shard.is_done);
    let reached = reached.filter_map(|shard| shard.read.last());
    let horizon = match latest_first {
        true => reached.max(),
        false => reached.min(),
    };
    let is_certain = |cursor: &&String| match (horizon, latest_first) {
        (None, _) => true,
        (Some(horizon), true) => *cursor >= horizon,
        (Some(horizon), false) => *cursor <= horizon,
    };
    let mut certain: Vec<&String> = shards.iter().flat_map(|shard| &shard.read).collect();
    certain.retain(is_certain);
    match latest_first {
        true => certain.sort_by(|one, other| other.cmp(one)),
        false => certain.sort(),
    }
    certain
}

/// The account that a cursor names.
fn sub_of(cursor: &str) -> Option<Uuid> {
    let (_, sub) = cursor.split_once('#')?;
    Uuid::try_parse(sub).ok()
}
