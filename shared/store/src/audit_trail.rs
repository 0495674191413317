//! Audit events of all subjects, for those who pass them on: as the table's stream brings
//! them, and as an operator reads a span of time again.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::UnixTime;
use serde::{Deserialize as _, Deserializer};
use uuid::Uuid;

use crate::item::{Item, from_item, string};
use crate::{AuditQuery, AuditRecord, AuditSubject, Store, StoreError, key};

/// An event with what it is about.
#[derive(Clone, Debug)]
pub struct AuditRow {
    /// What it is about.
    pub subject: AuditSubject,
    /// The rest of its row.
    pub record: AuditRecord,
}

/// Where a page of [`Store::audit_span`] ended.
#[derive(Clone, Debug)]
pub struct AuditPlace(Item);

impl AuditRow {
    /// The row that a record of the table's stream has as its new image.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it is no audit event, or one of a kind that a later
    /// release knows.
    pub fn of_image<'de>(image: impl Deserializer<'de>) -> Result<Self, StoreError> {
        let image = serde_dynamo::Item::deserialize(image);
        Self::read(image.map_err(|_| StoreError::corrupt::<Self>())?.into())
    }

    fn read(item: Item) -> Result<Self, StoreError> {
        let subject = match item.get(key::PK) {
            Some(AttributeValue::S(pk)) => key::audit_subject(pk),
            _ => None,
        };
        Ok(Self {
            subject: subject.ok_or_else(StoreError::corrupt::<Self>)?,
            record: from_item(item)?,
        })
    }
}

impl Store {
    /// A page of the events of a span of time, of one account or of everything, in no
    /// order; after the place where the page before ended. Each that cannot be read is an
    /// error in its place.
    ///
    /// Of everything, it reads the whole table for it, a megabyte a page: for operators
    /// alone. A gigabyte (about two million events) takes 262,000 read units.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn audit_span(
        &self,
        account: Option<Uuid>,
        since: UnixTime,
        until: UnixTime,
        after: Option<AuditPlace>,
    ) -> Result<(Vec<Result<AuditRow, StoreError>>, Option<AuditPlace>), StoreError> {
        let after = after.map(|AuditPlace(key)| key);
        let (items, end) = match account {
            Some(sub) => {
                let asked = AuditQuery {
                    since: Some(since),
                    until: Some(until),
                    kinds: None,
                };
                let query = self.audit_query(&AuditSubject::Account(sub), &asked)?;
                let answer = query.set_exclusive_start_key(after).send().await;
                let answer = answer.map_err(|e| StoreError::call("Query", &e))?;
                (answer.items, answer.last_evaluated_key)
            }
            None => {
                // The partition is no part of it; the two ends are those of any.
                let any = AuditSubject::Event(0);
                let (_, first, last) = key::audit_range(&any, Some(since), Some(until));
                let scan = self.db.scan().table_name(&*self.audit_table);
                let answer = scan
                    .consistent_read(true)
                    .filter_expression("#sk BETWEEN :first AND :last")
                    .expression_attribute_names("#sk", key::SK)
                    .expression_attribute_values(":first", string(first))
                    .expression_attribute_values(":last", string(last))
                    .set_exclusive_start_key(after)
                    .send()
                    .await;
                let answer = answer.map_err(|e| StoreError::call("Scan", &e))?;
                (answer.items, answer.last_evaluated_key)
            }
        };
        let rows = items.unwrap_or_default().into_iter().map(AuditRow::read);
        Ok((rows.collect(), end.map(AuditPlace)))
    }
}
