//! The operators' list of accounts, oldest first, page by page.
//!
//! The index is spread over shards so that sign-ups never meet on one partition;
//! a page is the head of all of them merged. Only operators' tools read it: no
//! request path does, and no function's role may.

use domain::UnixTime;
use domain::account::{Role, Status};
use serde::Deserialize;
use uuid::Uuid;

use crate::item::{from_item, string};
use crate::key::{self, DIR_PK, DIR_SK, DIRECTORY};
use crate::{Store, StoreError};

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

impl Store {
    /// Up to `limit` accounts after the cursor `after`, oldest first. With
    /// `matching`, those in whose address, username or phone it occurs.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn directory(
        &self,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DirectoryEntry>, StoreError> {
        let mut entries: Vec<DirectoryEntry> = Vec::new();
        for shard in 0..key::SHARDS {
            entries.extend(self.shard(shard, after, matching, limit).await?);
        }
        entries.sort_by(|a, b| a.cursor.cmp(&b.cursor));
        entries.truncate(limit);
        Ok(entries)
    }

    /// The same of one shard. A filter thins pages out after they were read, so
    /// this goes on until there are enough or no more.
    async fn shard(
        &self,
        shard: u8,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DirectoryEntry>, StoreError> {
        let mut entries = Vec::new();
        let mut from = None;
        loop {
            let mut query = self
                .db
                .query()
                .table_name(&*self.table)
                .index_name(DIRECTORY)
                .key_condition_expression("#pk = :shard AND #sk > :after")
                .expression_attribute_names("#pk", DIR_PK)
                .expression_attribute_names("#sk", DIR_SK)
                .expression_attribute_values(":shard", string(key::directory_shard(shard)))
                .expression_attribute_values(":after", string(after.unwrap_or("0")))
                .set_exclusive_start_key(from);
            query = match matching {
                None => query.limit(i32::try_from(limit).unwrap_or(i32::MAX)),
                Some(part) => query
                    .filter_expression(
                        "contains(email, :part) OR contains(username, :part) OR contains(phone, :part)",
                    )
                    .expression_attribute_values(":part", string(part)),
            };
            let answer = query
                .send()
                .await
                .map_err(|e| StoreError::call("Query", &e))?;
            for item in answer.items.unwrap_or_default() {
                entries.push(from_item(item)?);
            }
            from = answer.last_evaluated_key;
            if from.is_none() || entries.len() >= limit {
                entries.truncate(limit);
                return Ok(entries);
            }
        }
    }
}
