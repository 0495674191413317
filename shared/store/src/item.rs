//! Items as values: reading, writing, and the few calls that all rows share.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use domain::UnixTime;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::unless_refused;
use crate::key::{Key, PK, SK, TTL};
use crate::{Store, StoreError, log};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// `value` as the item at `key`, gone by itself some time after `useless_at`.
pub(crate) fn to_item<T: Serialize>(
    key: &Key,
    value: &T,
    useless_at: Option<UnixTime>,
) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(value).map_err(|_| StoreError::corrupt::<T>())?;
    item.extend(key.attributes());
    if let Some(at) = useless_at {
        item.insert(TTL.to_owned(), number(at.0));
    }
    Ok(item)
}

/// The value that an item holds. Keys and TTL are no part of it. A row that only
/// counts is read by [`Store::counters`] instead.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let kind = kind_of(&item);
    serde_dynamo::from_item(item).map_err(|_| StoreError::unreadable::<T>(&kind))
}

/// The kind of row that an item is: its key up to whatever it names.
fn kind_of(item: &Item) -> String {
    let pk = item.get(PK).and_then(|pk| pk.as_s().ok());
    let kind = pk.and_then(|pk| pk.split('#').next());
    kind.unwrap_or("no key").to_owned()
}

/// A number attribute.
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A string attribute.
pub(crate) fn string(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// Any value as an attribute.
pub(crate) fn attribute<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|_| StoreError::corrupt::<T>())
}

/// Waits before try number `attempt` (from 0) of something that met a conflict:
/// 10 ms doubling, spread by the caller's own name so that rivals part ways.
pub(crate) async fn back_off(attempt: u32, spread: &str) {
    let spread: u64 = spread.bytes().map(u64::from).sum::<u64>() % 16;
    let millis = (10 + spread) << attempt.min(6);
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// Items that one call reads at most (DynamoDB's limit).
pub(crate) const BATCH: usize = 100;

/// Batches that are read at once.
const AT_ONCE: usize = 16;

/// How often a conflict is met before the caller is told to come back later.
pub(crate) const MAX_CONFLICTS: u32 = 7;

impl Store {
    /// What the item at `key` says, as of now.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        key: &Key,
    ) -> Result<Option<T>, StoreError> {
        self.item(key).await?.map(from_item).transpose()
    }

    /// The item at `key` as it is.
    pub(crate) async fn item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let answer = self
            .db
            .get_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|e| StoreError::call("GetItem", &e))?;
        Ok(answer.item)
    }

    /// What the row at `key` counts, as it was read: `None` if there is no row, if it
    /// was emptied, and if it cannot be read. That is a defect of ours, which is
    /// logged; the row is emptied, so that the next count begins anew, and no user is
    /// locked out by it.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub(crate) async fn counters<T: DeserializeOwned>(
        &self,
        key: &Key,
        item: Option<Item>,
    ) -> Result<Option<T>, StoreError> {
        let Some(item) = item.filter(|item| !is_emptied(item)) else {
            return Ok(None);
        };
        match from_item(item.clone()) {
            Ok(counters) => Ok(Some(counters)),
            Err(defect) => {
                log::event(
                    "counters_unreadable",
                    [("reason", defect.to_string().into())],
                );
                self.empty(key, &item).await?;
                Ok(None)
            }
        }
    }

    /// Takes all but its key and TTL from a row, if it is still as it was read.
    async fn empty(&self, key: &Key, item: &Item) -> Result<(), StoreError> {
        let mut update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()));
        let (mut names, mut unchanged) = (Vec::new(), Vec::new());
        for (n, (name, value)) in attributes_of(item).enumerate() {
            update = update
                .expression_attribute_names(format!("#a{n}"), name)
                .expression_attribute_values(format!(":a{n}"), value.clone());
            names.push(format!("#a{n}"));
            unchanged.push(format!("#a{n} = :a{n}"));
        }
        let update = update
            .update_expression(format!("REMOVE {}", names.join(", ")))
            .condition_expression(unchanged.join(" AND "));
        unless_refused("UpdateItem", update.send().await).map(drop)
    }

    /// The items at `keys` in one round trip, each in its key's place.
    pub(crate) async fn get_all<const N: usize>(
        &self,
        keys: [&Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        let mut found: [Option<Item>; N] = std::array::from_fn(|_| None);
        self.fill(&keys, &mut found).await?;
        Ok(found)
    }

    /// As [`Store::get_all`], for a number of keys that is no constant.
    pub(crate) async fn get_each(&self, keys: &[&Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let mut found = vec![None; keys.len()];
        self.fill(keys, &mut found).await?;
        Ok(found)
    }

    async fn fill(&self, keys: &[&Key], found: &mut [Option<Item>]) -> Result<(), StoreError> {
        let wanted = keys.iter().map(|key| key.attributes()).collect();
        for item in self.batch(wanted).await? {
            let place = keys
                .iter()
                .zip(&mut *found)
                .find(|(key, _)| is_at(&item, key));
            if let Some((_, place)) = place {
                *place = Some(item);
            }
        }
        Ok(())
    }

    /// The items at `keys` that there are, in one round trip and in no order: at
    /// most [`BATCH`] of them.
    pub(crate) async fn get_many(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.batch(keys.iter().map(Key::attributes).collect()).await
    }

    /// The items at `keys` that there are, in no order and however many they are. One
    /// round trip for up to [`AT_ONCE`] batches.
    pub(crate) async fn get_all_of(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        // Each has keys of its own: the compiler takes no handler that borrows them here.
        let batches: Vec<Vec<Key>> = keys.chunks(BATCH).map(<[Key]>::to_vec).collect();
        let read = stream::iter(batches).map(|keys| async move { self.get_many(&keys).await });
        read.buffer_unordered(AT_ONCE).try_concat().await
    }

    async fn batch(&self, mut wanted: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        for attempt in 0..MAX_CONFLICTS {
            let request = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .consistent_read(true)
                .build()
                .map_err(|_| StoreError::corrupt::<KeysAndAttributes>())?;
            let answer = self
                .db
                .batch_get_item()
                .request_items(&*self.table, request)
                .send()
                .await
                .map_err(|e| StoreError::call("BatchGetItem", &e))?;
            found.extend(answer.responses.unwrap_or_default().into_values().flatten());
            wanted = answer
                .unprocessed_keys
                .unwrap_or_default()
                .into_values()
                .flat_map(|k| k.keys)
                .collect();
            if wanted.is_empty() {
                return Ok(found);
            }
            back_off(attempt, "batch").await;
        }
        Err(StoreError::Unavailable(
            "BatchGetItem: keys left unprocessed".to_owned(),
        ))
    }
}

impl Store {
    /// All items of a partition whose places begin with `prefix`, in their order and as
    /// of now.
    pub(crate) async fn in_partition<T: DeserializeOwned>(
        &self,
        pk: &str,
        prefix: &str,
    ) -> Result<Vec<T>, StoreError> {
        let query = self
            .db
            .query()
            .table_name(&*self.table)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":prefix", string(prefix))
            .consistent_read(true);
        let items: Result<Vec<Item>, _> = query.into_paginator().items().send().collect().await;
        let items = items.map_err(|e| StoreError::call("Query", &e))?;
        items.into_iter().map(from_item).collect()
    }
}

/// What an item holds beside its key and TTL.
fn attributes_of(item: &Item) -> impl Iterator<Item = (&String, &AttributeValue)> {
    item.iter()
        .filter(|(name, _)| ![PK, SK, TTL].contains(&name.as_str()))
}

/// Whether a row counts nothing any more: see [`Store::counters`].
fn is_emptied(item: &Item) -> bool {
    attributes_of(item).next().is_none()
}

fn is_at(item: &Item, key: &Key) -> bool {
    let text = |name| {
        item.get(name)
            .and_then(|value: &AttributeValue| value.as_s().ok())
    };
    text(PK) == Some(&key.pk) && text(SK) == Some(&key.sk)
}
