//! The operators' list of accounts, oldest first, page by page.
//!
//! The index is spread over shards so that sign-ups never meet on one partition;
//! a page is the head of all of them, asked at once and merged. Operators' tools and
//! the administrators' list read it and nothing else: what must be revoked or kept
//! unique is never looked up here.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::UnixTime;
use domain::account::{Role, Status};
use futures_util::future::try_join_all;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::item::{Item, from_item, string};
use crate::key::{self, DIR_PK, DIR_SK, DIRECTORY};
use crate::{Store, StoreError};

/// Accounts of one shard that a filter looks at for one page: eight thousand over all
/// shards, some 350 read units.
const LOOKED_AT: usize = 500;

/// An account as the directory shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct DirectoryEntry {
    /// The account.
    pub sub: Uuid,
    /// Its integer id.
    pub uid: u64,
    /// Its address.
    pub email: Option<String>,
    /// Its username.
    pub username: String,
    /// What it may do.
    #[serde(default)]
    pub role: Role,
    /// Whether it may be used.
    #[serde(default)]
    pub status: Status,
    /// Whether an administrator took it out of use.
    #[serde(default)]
    pub deactivated: bool,
    /// Its phone; contact data until verified.
    #[serde(default)]
    pub phone: String,
    /// Whether its address is proven.
    #[serde(default)]
    pub email_verified: bool,
    /// Whether its phone is proven.
    #[serde(default)]
    pub phone_verified: bool,
    /// Whether it is excused from second factors.
    #[serde(default)]
    pub mfa_exempt: bool,
    /// Whether it has to choose a new password.
    #[serde(default)]
    pub must_change_password: bool,
    /// When it came to be.
    pub created_at: UnixTime,
}

/// An account's place in the directory, for whoever reads the account itself.
#[derive(Clone, Debug, Deserialize)]
pub struct DirectoryPlace {
    /// The account.
    pub sub: Uuid,
}

/// What a page of the directory lists.
pub trait Listed: DeserializeOwned {
    /// Whether it is made of the account's name alone, so that no more is sent: most of
    /// what a page costs is reading the rest.
    const NAME_ONLY: bool;
}

impl Listed for DirectoryEntry {
    const NAME_ONLY: bool = false;
}

impl Listed for DirectoryPlace {
    const NAME_ONLY: bool = true;
}

/// A page of the directory, and where the next one goes on, if there may be one.
pub type DirectoryPage<T> = (Vec<T>, Option<String>);

/// What one look at a shard found.
struct Look {
    /// Each account's cursor, and its item.
    found: Vec<(String, Item)>,
    /// Up to which cursor everything was looked at; `None` if there is no more.
    reached: Option<String>,
}

impl Store {
    /// Up to `limit` accounts after the cursor `after`, oldest first. With
    /// `matching`, those in whose address, username or phone it occurs.
    ///
    /// One look at all shards, so that a page costs a bounded read: it may be short,
    /// or even empty, and have a next. Without a filter that is rare; with one,
    /// [`LOOKED_AT`] accounts of each shard are looked at, however rarely it matches.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn directory<T: Listed>(
        &self,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> Result<DirectoryPage<T>, StoreError> {
        let shards =
            (0..key::SHARDS).map(|shard| look(self.shard::<T>(shard, after, matching, limit)));
        let looks = try_join_all(shards).await?;
        // Behind the shard that was looked at least, another may hold what comes first.
        let horizon = looks.iter().filter_map(|look| look.reached.clone()).min();
        let mut found: Vec<_> = looks.into_iter().flat_map(|look| look.found).collect();
        if let Some(horizon) = &horizon {
            found.retain(|(cursor, _)| cursor <= horizon);
        }
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().map(|(cursor, _)| cursor.clone());
        let listed = found.into_iter().map(|(_, item)| from_item(item));
        let next = if more { last } else { horizon };
        Ok((listed.collect::<Result<_, _>>()?, next))
    }

    fn shard<T: Listed>(
        &self,
        shard: u8,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> QueryFluentBuilder {
        let size = match matching {
            None => share(limit),
            Some(_) => LOOKED_AT,
        };
        let size = i32::try_from(size).unwrap_or(i32::MAX);
        let mut query = self.directory_query(&key::directory_shard(shard), after, size);
        if T::NAME_ONLY {
            query = query
                .projection_expression("#sk, #sub")
                .expression_attribute_names("#sub", "sub");
        }
        if let Some(part) = matching {
            query = query
                .filter_expression(
                    "contains(email, :part) OR contains(username, :part) OR contains(phone, :part)",
                )
                .expression_attribute_values(":part", string(part));
        }
        query
    }

    /// The head of one of the index's partitions, behind the cursor `after`.
    pub(crate) fn directory_query(
        &self,
        partition: &str,
        after: Option<&str>,
        limit: i32,
    ) -> QueryFluentBuilder {
        self.db
            .query()
            .table_name(&*self.table)
            .index_name(DIRECTORY)
            .key_condition_expression("#pk = :partition AND #sk > :after")
            .expression_attribute_names("#pk", DIR_PK)
            .expression_attribute_names("#sk", DIR_SK)
            .expression_attribute_values(":partition", string(partition))
            .expression_attribute_values(":after", string(after.unwrap_or("0")))
            .limit(limit)
    }
}

async fn look(query: QueryFluentBuilder) -> Result<Look, StoreError> {
    let answer = query
        .send()
        .await
        .map_err(|e| StoreError::call("Query", &e))?;
    let reached = cursor_of(answer.last_evaluated_key.as_ref());
    let items = answer.items.unwrap_or_default().into_iter();
    // Whatever the index holds has its sort key.
    let found = items.filter_map(|item| Some((cursor_of(Some(&item))?, item)));
    Ok(Look {
        found: found.collect(),
        reached,
    })
}

/// Accounts of one shard to ask for, so that a page of `limit` is seldom short: they
/// are spread by chance, so one shard may hold twice its part of a page and a few.
fn share(limit: usize) -> usize {
    let even = limit.div_ceil(usize::from(key::SHARDS));
    (2 * even + 4).min(limit)
}

/// Where an item or a key stands in the index.
pub(crate) fn cursor_of(item: Option<&Item>) -> Option<String> {
    item?.get(DIR_SK)?.as_s().ok().cloned()
}
