//! The operators' list of accounts, oldest first, page by page.
//!
//! The index is spread over shards so that sign-ups never meet on one partition;
//! a page is the head of all of them, asked at once and merged. Operators' tools and
//! the administrators' list read it and nothing else: what must be revoked or kept
//! unique is never looked up here.
//!
//! A search compares in [`search_form`], here and not in the table: DynamoDB tells `Ada`
//! from `ada`, charges for what a filter passes over either way, and an index cannot be
//! given another attribute once it is there.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::UnixTime;
use domain::account::{Role, Status};
use domain::email::in_unicode;
use domain::username::search_form;
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

/// An account's place in the directory, for a caller that reads the account itself.
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

/// What is searched for, in the forms in which names, numbers and domains are
/// compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchedText {
    part: String,
    /// The digits of what may be a part of a telephone number.
    number: Option<String>,
}

impl SearchedText {
    /// What was typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let is_number = |c: char| c.is_ascii_digit() || " +-()./".contains(c);
        let number = typed.chars().all(is_number).then(|| {
            let kept = |c: &char| c.is_ascii_digit() || *c == '+';
            typed.chars().filter(kept).collect::<String>()
        });
        Self {
            part: search_form(typed),
            number: number.filter(|number| !number.is_empty()),
        }
    }

    fn is_in_text(&self, text: &str) -> bool {
        search_form(text).contains(&self.part)
    }

    /// Whether it occurs in an address, whose international domain is read in either of
    /// its spellings.
    #[must_use]
    pub fn is_in_address(&self, address: &str) -> bool {
        self.is_in_text(address) || in_unicode(address).is_some_and(|it| self.is_in_text(&it))
    }

    /// Whether it occurs in a telephone number.
    #[must_use]
    pub fn is_in_phone(&self, phone: &str) -> bool {
        let number = self.number.as_deref();
        self.is_in_text(phone) || number.is_some_and(|number| phone.contains(number))
    }

    /// Whether it occurs in an account's username, address or phone.
    fn is_in(&self, item: &Item) -> bool {
        let text = |name: &str| Some(item.get(name)?.as_s().ok()?.as_str());
        text("username").is_some_and(|name| self.is_in_text(name))
            || text("email").is_some_and(|address| self.is_in_address(address))
            || text("phone").is_some_and(|phone| self.is_in_phone(phone))
    }
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
    /// However it is typed: see [`search_form`].
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
        let wanted = matching.map(SearchedText::new);
        let wanted = wanted.as_ref();
        let size = match wanted {
            None => share(limit),
            Some(_) => LOOKED_AT,
        };
        let shards = (0..key::SHARDS).map(|shard| {
            look(
                self.shard::<T>(shard, after, wanted.is_some(), size),
                wanted,
            )
        });
        let looks = try_join_all(shards).await?;
        // Beyond the cursor that a shard was read to, it may hold accounts that come
        // first.
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
        searched: bool,
        size: usize,
    ) -> QueryFluentBuilder {
        let size = i32::try_from(size).unwrap_or(i32::MAX);
        let query = self.directory_query(&key::directory_shard(shard), after, size);
        match (T::NAME_ONLY, searched) {
            (false, _) => query,
            (true, false) => query
                .projection_expression("#sk, #sub")
                .expression_attribute_names("#sub", "sub"),
            (true, true) => query
                .projection_expression("#sk, #sub, username, email, phone")
                .expression_attribute_names("#sub", "sub"),
        }
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

async fn look(
    query: QueryFluentBuilder,
    wanted: Option<&SearchedText>,
) -> Result<Look, StoreError> {
    let answer = query
        .send()
        .await
        .map_err(|e| StoreError::call("Query", &e))?;
    let reached = cursor_of(answer.last_evaluated_key.as_ref());
    let items = answer.items.unwrap_or_default().into_iter();
    let items = items.filter(|item| wanted.is_none_or(|wanted| wanted.is_in(item)));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(part: &str, name: &str, value: &str) -> bool {
        let item = Item::from([(name.to_owned(), string(value))]);
        SearchedText::new(part).is_in(&item)
    }

    #[test]
    fn what_is_searched_is_found_however_it_is_typed() {
        for (part, name, value) in [
            ("AdaLovelace", "username", "AdaLovelace"),
            ("lovelace", "username", "AdaLovelace"),
            ("J\u{d6}RG", "username", "Jo\u{308}rg"),
            ("ADA@", "email", "ada@example.com"),
            ("b\u{fc}cher", "email", "ada@xn--bcher-kva.example"),
            ("@BU\u{308}CH", "email", "ada@xn--bcher-kva.example"),
            ("xn--bcher", "email", "ada@xn--bcher-kva.example"),
            ("30 123", "phone", "+4930123456"),
            ("+49 (30) 1", "phone", "+4930123456"),
        ] {
            assert!(finds(part, name, value), "{part} {value}");
        }
        for (part, name, value) in [
            ("ada", "username", "grace"),
            ("49-31", "phone", "+4930123456"),
            ("+", "username", "ada"),
            // A text without digits is no number.
            (" ()", "phone", "+4930123456"),
            ("ada", "role", "ada"),
        ] {
            assert!(!finds(part, name, value), "{part} {value}");
        }
    }
}
