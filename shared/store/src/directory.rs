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
    /// When it came to be.
    pub created_at: UnixTime,
}

impl Store {
    /// Up to `limit` accounts after the cursor `after`, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn directory(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DirectoryEntry>, StoreError> {
        let mut entries: Vec<DirectoryEntry> = Vec::new();
        for shard in 0..key::SHARDS {
            let answer = self
                .db
                .query()
                .table_name(&*self.table)
                .index_name(DIRECTORY)
                .key_condition_expression("#pk = :shard AND #sk > :after")
                .expression_attribute_names("#pk", DIR_PK)
                .expression_attribute_names("#sk", DIR_SK)
                .expression_attribute_values(":shard", string(key::directory_shard(shard)))
                .expression_attribute_values(":after", string(after.unwrap_or("0")))
                .limit(i32::try_from(limit).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(|e| StoreError::call("Query", &e))?;
            for item in answer.items.unwrap_or_default() {
                entries.push(from_item(item)?);
            }
        }
        entries.sort_by(|a, b| a.cursor.cmp(&b.cursor));
        entries.truncate(limit);
        Ok(entries)
    }
}
