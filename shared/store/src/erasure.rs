//! All rows of the main table that belong to an account, for erasing it: for the command
//! line alone, whose caller may scan.
//!
//! Some of them are found by a digest of a token or code that only its holder has, and so by
//! nothing but the account's name in them.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{Item, string};
use crate::key::{self, Key, PK, SK};
use crate::{Store, StoreError};

/// What makes a row the account's: its key has the account's name, as a count of it has, or
/// it names the account as the one that it is about or was approved by.
const IS_OF: &str =
    "contains(#pk, :sub) OR contains(#sk, :sub) OR #sub = :sub OR approval.#sub = :sub";

impl Store {
    /// Deletes what the account `sub` has in rows of any kind, but its own row, the claim on
    /// its integer id, which is never used again, and that it left an address. How many rows
    /// went. Running it again goes on where it ended.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn delete_rows_of(&self, sub: Uuid, uid: u64) -> Result<usize, StoreError> {
        let kept = [key::user(sub), key::uid_claim(uid)];
        let (mut gone, mut from) = (0, None);
        loop {
            let page = self
                .db
                .scan()
                .table_name(&*self.table)
                .consistent_read(true)
                .filter_expression(IS_OF)
                .projection_expression("#pk, #sk")
                .set_expression_attribute_names(Some(names()))
                .expression_attribute_values(":sub", string(sub))
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|e| StoreError::call("Scan", &e))?;
            let rows = page.items.unwrap_or_default();
            let rows = rows.iter().filter_map(key_of);
            let goes = |key: &Key| !kept.contains(key) && !key::is_leaver(key);
            let rows: Vec<Key> = rows.filter(goes).collect();
            for some in rows.chunks(16) {
                let deleted = some.iter().map(|key| self.delete_row_of(sub, key));
                gone += try_join_all(deleted).await?.into_iter().sum::<usize>();
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(gone);
            }
        }
    }

    /// Deletes a row unless it is another account's by now: a claim that was given back may
    /// have been taken meanwhile.
    async fn delete_row_of(&self, sub: Uuid, key: &Key) -> Result<usize, StoreError> {
        let delete = self
            .db
            .delete_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(IS_OF)
            .set_expression_attribute_names(Some(names()))
            .expression_attribute_values(":sub", string(sub));
        let deleted = unless_refused("DeleteItem", delete.send().await)?;
        Ok(usize::from(deleted.is_some()))
    }

    /// Forgets the codes and guesses of an address, by their digests: rows of before an
    /// account had the address do not name it.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn forget_codes_of(
        &self,
        code_digest: &str,
        guesses_digest: &str,
    ) -> Result<(), StoreError> {
        for key in [key::sign_in_code(code_digest), key::guesses(guesses_digest)] {
            let delete = self.db.delete_item().table_name(&*self.table);
            let deleted = delete.set_key(Some(key.attributes())).send().await;
            deleted.map_err(|e| StoreError::call("DeleteItem", &e))?;
        }
        Ok(())
    }
}

fn names() -> HashMap<String, String> {
    let all = [("#pk", PK), ("#sk", SK), ("#sub", "sub")];
    all.map(|(name, of)| (name.to_owned(), of.to_owned()))
        .into()
}

fn key_of(item: &Item) -> Option<Key> {
    let text = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some(Key {
        pk: text(PK)?,
        sk: text(SK)?,
    })
}
