//! What an account has in rows of its own partition, by number.

use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use crate::item::string;
use crate::key::{self, PK, SK};
use crate::{Store, StoreError};

/// How many rows of a kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Belongings {
    /// Devices that are trusted.
    pub trusted_devices: u64,
    /// Accounts at providers.
    pub links: u64,
    /// Challenges that are open.
    pub challenges: u64,
}

impl Belongings {
    fn count(&mut self, place: &str) {
        let kind = place.split_once('#').map_or(place, |(kind, _)| kind);
        match kind {
            "TRUST" => self.trusted_devices += 1,
            "LINK" => self.links += 1,
            "CHALLENGE" => self.challenges += 1,
            _ => {}
        }
    }
}

impl Store {
    /// What the account `sub` has.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn belongings(&self, sub: Uuid) -> Result<Belongings, StoreError> {
        let (mut found, mut from) = (Belongings::default(), None);
        loop {
            let answer = self
                .db
                .query()
                .table_name(&*self.table)
                .key_condition_expression("#pk = :pk")
                .projection_expression("#sk")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":pk", string(key::user(sub).pk))
                .consistent_read(true)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|e| StoreError::call("Query", &e))?;
            let items = answer.items.unwrap_or_default();
            let places = items.iter().filter_map(|item| item.get(SK));
            for place in places.filter_map(|place: &AttributeValue| place.as_s().ok()) {
                found.count(place);
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(found);
            }
        }
    }
}
