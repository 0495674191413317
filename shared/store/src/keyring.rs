//! The row of the key ring: every reader of the table can read it, and each part of it is
//! useless without the key that wraps that part.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::UnixTime;
use domain::key_ring::KeyPart;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::to_item;
use crate::key;
use crate::{Store, StoreError};

/// Something sealed, with the key that it is sealed under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedPart {
    /// The data key, wrapped by KMS or by the local file.
    #[serde(with = "serde_bytes")]
    pub wrapped: Vec<u8>,
    /// The part, sealed under the data key.
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
}

/// The ring as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRing {
    /// Its parts, by their names. None in a ring that was not split yet.
    #[serde(default)]
    parts: BTreeMap<String, SealedPart>,
    /// The ring as it was before it had parts, until the last function that knows no parts
    /// is gone.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<SealedPart>,
    /// Another one each time that the ring is stored.
    #[serde(default)]
    revision: Uuid,
    /// When it was made.
    pub created_at: UnixTime,
}

impl StoredRing {
    /// A ring of these parts, which was made at `created_at`.
    #[must_use]
    pub fn new(
        parts: impl IntoIterator<Item = (KeyPart, SealedPart)>,
        revision: Uuid,
        created_at: UnixTime,
    ) -> Self {
        let parts = parts.into_iter();
        Self {
            parts: parts
                .map(|(part, sealed)| (part.name().to_owned(), sealed))
                .collect(),
            whole: None,
            revision,
            created_at,
        }
    }

    /// The same ring with these parts in the place of its own.
    #[must_use]
    pub fn with(
        &self,
        parts: impl IntoIterator<Item = (KeyPart, SealedPart)>,
        revision: Uuid,
    ) -> Self {
        let mut next = Self {
            revision,
            ..self.clone()
        };
        let parts = parts.into_iter();
        let named = parts.map(|(part, sealed)| (part.name().to_owned(), sealed));
        next.parts.extend(named);
        next
    }

    /// The same ring, no longer whole beside its parts.
    #[must_use]
    pub fn in_parts_only(&self, revision: Uuid) -> Self {
        Self {
            whole: None,
            revision,
            ..self.clone()
        }
    }

    /// A part, if the ring was split.
    #[must_use]
    pub fn part(&self, part: KeyPart) -> Option<&SealedPart> {
        self.parts.get(part.name())
    }

    /// Whether it has parts.
    #[must_use]
    pub fn is_split(&self) -> bool {
        !self.parts.is_empty()
    }
}

impl Store {
    /// The ring, if one was made.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn keyring(&self) -> Result<Option<StoredRing>, StoreError> {
        self.get(&key::keyring()).await
    }

    /// Stores the first ring. Whether it did: of several that try, one wins, and
    /// the others must read the winner's.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn create_keyring(&self, ring: &StoredRing) -> Result<bool, StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::keyring(), ring, None)?))
            .condition_expression("attribute_not_exists(pk)");
        Ok(unless_refused("PutItem", put.send().await)?.is_some())
    }

    /// Stores `next` where `before` still is. Whether it did: of several that
    /// edit it at once, one wins, and the others must read what it made.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn replace_keyring(
        &self,
        before: &StoredRing,
        next: &StoredRing,
    ) -> Result<bool, StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::keyring(), next, None)?));
        let revision = AttributeValue::S(before.revision.to_string());
        let put = match before.is_split() {
            true => put
                .condition_expression("revision = :before")
                .expression_attribute_values(":before", revision),
            false => {
                put.condition_expression("attribute_exists(pk) AND attribute_not_exists(revision)")
            }
        };
        Ok(unless_refused("PutItem", put.send().await)?.is_some())
    }
}
