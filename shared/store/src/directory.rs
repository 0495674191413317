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
    /// Where a next page goes on.
    #[serde(rename = "dir_sk")]
    pub cursor: String,
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
    /// Where a next page goes on.
    #[serde(rename = "dir_sk")]
    pub cursor: String,
    /// The account.
    pub sub: Uuid,
}

/// What a page of the directory lists.
pub trait Listed: DeserializeOwned {
    /// Whether it is [`DirectoryPlace`], whose two attributes are all that is sent: most
    /// of what a page costs is reading the others.
    const PLACE_ONLY: bool;

    /// Where a next page goes on.
    fn cursor(&self) -> &str;
}

impl Listed for DirectoryEntry {
    const PLACE_ONLY: bool = false;

    fn cursor(&self) -> &str {
        &self.cursor
    }
}

impl Listed for DirectoryPlace {
    const PLACE_ONLY: bool = true;

    fn cursor(&self) -> &str {
        &self.cursor
    }
}

/// A page of the directory, and where the next one goes on, if there may be one.
pub type DirectoryPage<T> = (Vec<T>, Option<String>);

/// What one look at a shard found.
struct Look<T> {
    entries: Vec<T>,
    /// Up to which cursor everything was looked at; `None` if there is no more.
    reached: Option<String>,
}

impl Store {
    /// Up to `limit` accounts after the cursor `after`, oldest first. With
    /// `matching`, those in whose address, username or phone it occurs.
    ///
    /// A filter looks at up to [`LOOKED_AT`] accounts of each shard, however rarely
    /// it matches, so that a page costs a bounded read: one that is short, or empty,
    /// may still have a next. Without a filter a page is full if there are as many.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn directory<T: Listed>(
        &self,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> Result<DirectoryPage<T>, StoreError> {
        let (mut entries, mut next) = self.look(after, matching, limit).await?;
        while matching.is_none() && next.is_some() && entries.len() < limit {
            // A shard holds more than its share of these accounts: another look is rare.
            let wanted = limit - entries.len();
            let (more, further) = self.look(next.as_deref(), matching, wanted).await?;
            entries.extend(more);
            next = further;
        }
        Ok((entries, next))
    }

    /// One look at all shards: what it shows, up to `limit`, and where it ends.
    async fn look<T: Listed>(
        &self,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> Result<DirectoryPage<T>, StoreError> {
        let looks = (0..key::SHARDS).map(|shard| self.shard(shard, after, matching, limit));
        let looks: Vec<Look<T>> = try_join_all(looks).await?;
        // Behind the shard that was looked at least, another may hold what comes first.
        let horizon = looks.iter().filter_map(|look| look.reached.clone()).min();
        let mut entries: Vec<_> = looks.into_iter().flat_map(|look| look.entries).collect();
        if let Some(horizon) = &horizon {
            entries.retain(|entry| entry.cursor() <= horizon.as_str());
        }
        entries.sort_by(|a, b| a.cursor().cmp(b.cursor()));
        let more = entries.len() > limit;
        entries.truncate(limit);
        let last = entries.last().map(|entry| entry.cursor().to_owned());
        let next = if more { last } else { horizon };
        Ok((entries, next))
    }

    async fn shard<T: Listed>(
        &self,
        shard: u8,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> Result<Look<T>, StoreError> {
        let size = match matching {
            None => share(limit),
            Some(_) => LOOKED_AT,
        };
        let size = i32::try_from(size).unwrap_or(i32::MAX);
        let mut query = self.directory_query(&key::directory_shard(shard), after, size);
        if T::PLACE_ONLY {
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
        let answer = query
            .send()
            .await
            .map_err(|e| StoreError::call("Query", &e))?;
        let reached = cursor_of(answer.last_evaluated_key.as_ref());
        let entries = answer.items.unwrap_or_default().into_iter();
        Ok(Look {
            entries: entries.map(from_item).collect::<Result<_, _>>()?,
            reached,
        })
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
