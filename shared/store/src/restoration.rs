//! A table as a restored copy of it has it.
//!
//! DynamoDB winds a table back into a new one, of another name. What that one has becomes
//! the installation's by its rows, so that no function, policy or alarm has to learn a name.
//! Three things do not come back:
//!
//! - what may be used once or for a while (codes, tokens, sessions, challenges, counts): a
//!   code that was used since would be good again;
//! - the key ring, the secrets and the origins, which are not accounts' and may have been
//!   changed for good reasons since;
//! - people who were deleted since, in whatever rows name them.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{
    AttributeValue, DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::item::{Item, number, string};
use crate::key::{self, DIR_PK, Key, PK, SK};
use crate::{Store, StoreError};

/// Beginnings of partitions that stay as they are.
const STAY: [&str; 16] = [
    "KEYRING",
    "ORIGINS",
    "SECRET#",
    "RATE#",
    "CODE#",
    "CHALLENGE#",
    "STATE#",
    "RESET#",
    "GUESSES#",
    "LEFT#",
    "GRANT#",
    "USERCODE#",
    "BROWSER#",
    "CLAIM#device-token#",
    // Counted anew when all is there.
    "USER#total-",
    "PICTURE#",
];

/// Beginnings of places in an account's partition that stay as they are.
const STAY_IN_ACCOUNTS: [&str; 8] = [
    "SESSION#",
    "TRUST#",
    "CHALLENGE#",
    "ENROLLMENT#",
    "DEVICE#",
    "NOTICES",
    "UPLOAD",
    "RISK",
];

/// What DynamoDB writes in one request.
const BATCH: usize = 25;

/// What DynamoDB reads in one request.
const READ: usize = 100;

/// Requests under way at once.
const AT_ONCE: usize = 8;

/// What became of a table's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Rows that are as the copy has them, where the table had none or another.
    pub written: usize,
    /// Rows that the copy does not have.
    pub removed: usize,
    /// Accounts that were deleted since, and stay so.
    pub stayed_deleted: usize,
}

impl Store {
    /// Makes the main table what the table `copy` is, but for what the module's words say.
    /// It can be done again, and goes on where it was interrupted.
    ///
    /// Nobody else should write meanwhile: what is written between reading and writing a row
    /// is lost.
    ///
    /// # Errors
    /// [`StoreError`] if one of the tables does not answer.
    pub async fn adopt(&self, copy: &str) -> Result<Adopted, StoreError> {
        let deleted = self.deleted_accounts().await?;
        let mut adopted = Adopted {
            stayed_deleted: deleted.len(),
            ..Adopted::default()
        };
        // What the table has, against the copy; then what the copy has and the table lacks.
        let here: &str = &self.table;
        for (from, other) in [(here, copy), (copy, here)] {
            let mut after = None;
            loop {
                let page = self.page_of(from, after).await?;
                let (rows, next) = page;
                let rows = rows.into_iter().filter(|row| comes_back(row, &deleted));
                let rows: Vec<Item> = rows.collect();
                let others = self.same_rows(other, &rows).await?;
                let writes = rows.into_iter().filter_map(|row| {
                    let theirs = others.get(&place(&row));
                    match (from == here, theirs) {
                        (true, None) => Some(removal(&row)),
                        (true, Some(theirs)) if *theirs != row => Some(put(theirs.clone())),
                        (false, None) => Some(put(row)),
                        _ => None,
                    }
                });
                let writes: Vec<WriteRequest> = writes.collect();
                let puts = writes.iter().filter(|one| one.put_request.is_some());
                adopted.written += puts.count();
                adopted.removed += writes
                    .iter()
                    .filter(|one| one.put_request.is_none())
                    .count();
                self.write_all(writes).await?;
                after = next;
                if after.is_none() {
                    break;
                }
            }
        }
        self.count_accounts().await?;
        Ok(adopted)
    }

    /// Whose accounts were deleted: the partitions and the names.
    async fn deleted_accounts(&self) -> Result<HashSet<String>, StoreError> {
        let (mut found, mut after) = (HashSet::new(), None);
        loop {
            let scan = self.scan_of(&self.table, after);
            let page = scan
                .filter_expression("#sk = :profile AND #status = :deleted")
                .expression_attribute_names("#sk", SK)
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":profile", string("PROFILE"))
                .expression_attribute_values(
                    ":deleted",
                    crate::item::attribute(&domain::account::Status::Deleted)?,
                )
                .send()
                .await
                .map_err(|e| StoreError::call("Scan", &e))?;
            let rows = page.items.unwrap_or_default();
            found.extend(rows.iter().map(|row| text(row, PK).to_owned()));
            after = page.last_evaluated_key;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    fn scan_of(
        &self,
        table: &str,
        after: Option<Item>,
    ) -> aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder {
        self.db
            .scan()
            .table_name(table)
            .consistent_read(true)
            .set_exclusive_start_key(after)
    }

    async fn page_of(
        &self,
        table: &str,
        after: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let page = self.scan_of(table, after).send().await;
        let page = page.map_err(|e| StoreError::call("Scan", &e))?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key))
    }

    /// The rows of `table` that stand where `rows` stand in another.
    async fn same_rows(
        &self,
        table: &str,
        rows: &[Item],
    ) -> Result<HashMap<(String, String), Item>, StoreError> {
        let batches = rows.chunks(READ).map(|batch| {
            let keys = batch.iter().map(|row| key_of(row).attributes());
            let keys: Vec<_> = keys.collect();
            self.read_batch(table, keys)
        });
        let batches: Vec<_> = batches.collect();
        let read = stream::iter(batches).buffer_unordered(AT_ONCE);
        let found: Vec<Vec<Item>> = read.try_collect().await?;
        let found = found.into_iter().flatten();
        Ok(found.map(|row| (place(&row), row)).collect())
    }

    async fn read_batch(&self, table: &str, mut keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        while !keys.is_empty() {
            let asked = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(true)
                .build()
                .map_err(|_| StoreError::corrupt::<KeysAndAttributes>())?;
            let answer = self.db.batch_get_item().request_items(table, asked).send();
            let answer = answer
                .await
                .map_err(|e| StoreError::call("BatchGetItem", &e))?;
            let here = answer.responses.unwrap_or_default().remove(table);
            found.extend(here.unwrap_or_default());
            let left = answer.unprocessed_keys.unwrap_or_default().remove(table);
            keys = left.map(|left| left.keys).unwrap_or_default();
        }
        Ok(found)
    }

    async fn write_all(&self, writes: Vec<WriteRequest>) -> Result<(), StoreError> {
        let batches = writes
            .chunks(BATCH)
            .map(|batch| self.write_batch(batch.to_vec()));
        let batches: Vec<_> = batches.collect();
        let written = stream::iter(batches).buffer_unordered(AT_ONCE);
        written.try_collect::<Vec<()>>().await.map(drop)
    }

    async fn write_batch(&self, mut writes: Vec<WriteRequest>) -> Result<(), StoreError> {
        while !writes.is_empty() {
            let sent = self
                .db
                .batch_write_item()
                .request_items(&*self.table, writes);
            let answer = sent.send().await;
            let answer = answer.map_err(|e| StoreError::call("BatchWriteItem", &e))?;
            let left = answer
                .unprocessed_items
                .unwrap_or_default()
                .remove(&*self.table);
            writes = left.unwrap_or_default();
        }
        Ok(())
    }

    /// Writes how many accounts each shard lists, as the rows say.
    async fn count_accounts(&self) -> Result<(), StoreError> {
        let mut totals: HashMap<String, u64> = HashMap::new();
        let mut after = None;
        loop {
            let scan = self.scan_of(&self.table, after);
            let page = scan
                .filter_expression("attribute_exists(#shard)")
                .projection_expression("#shard")
                .expression_attribute_names("#shard", DIR_PK)
                .send()
                .await
                .map_err(|e| StoreError::call("Scan", &e))?;
            for row in page.items.unwrap_or_default() {
                *totals.entry(text(&row, DIR_PK).to_owned()).or_default() += 1;
            }
            after = page.last_evaluated_key;
            if after.is_none() {
                break;
            }
        }
        let writes = (0..key::SHARDS).map(|shard| {
            let total = totals.get(&key::directory_shard(shard)).copied();
            let mut row = key::directory_total(shard).attributes();
            row.insert("accounts".to_owned(), number(total.unwrap_or_default()));
            put(row)
        });
        self.write_all(writes.collect()).await
    }
}

/// Whether a row is the copy's to decide.
fn comes_back(row: &Item, deleted: &HashSet<String>) -> bool {
    let (partition, place) = (text(row, PK), text(row, SK));
    let begins = |beginning: &&str| partition.starts_with(beginning);
    if STAY.iter().any(begins) {
        return false;
    }
    let in_account = partition.starts_with("USER#");
    if in_account && STAY_IN_ACCOUNTS.iter().any(|one| place.starts_with(one)) {
        return false;
    }
    // Claims and keys name whose they are.
    let owner = match row.get("sub") {
        Some(AttributeValue::S(sub)) => format!("USER#{sub}"),
        _ => partition.to_owned(),
    };
    !deleted.contains(partition) && !deleted.contains(&owner)
}

fn text<'a>(row: &'a Item, name: &str) -> &'a str {
    let text = row.get(name).and_then(|value| value.as_s().ok());
    text.map_or("", String::as_str)
}

fn place(row: &Item) -> (String, String) {
    (text(row, PK).to_owned(), text(row, SK).to_owned())
}

fn key_of(row: &Item) -> Key {
    let (pk, sk) = place(row);
    Key { pk, sk }
}

fn put(row: Item) -> WriteRequest {
    let put = PutRequest::builder().set_item(Some(row)).build().ok();
    WriteRequest::builder().set_put_request(put).build()
}

fn removal(row: &Item) -> WriteRequest {
    let key = key_of(row).attributes();
    let removal = DeleteRequest::builder().set_key(Some(key)).build().ok();
    WriteRequest::builder().set_delete_request(removal).build()
}
