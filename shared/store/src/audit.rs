//! The append-only table of security events. Its writers may only put.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::Select;
use domain::UnixTime;
use domain::account::Role;
use domain::audit::{Actor, AuditedRisk, EventKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{Item, attribute, from_item, string, to_item};
use crate::key;
use crate::{Store, StoreError};

/// Whom an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditSubject {
    /// An account.
    Account(Uuid),
    /// An address that no account holds, as a keyed digest. Written so that a
    /// failure costs the same whether there is an account or not.
    Address(String),
    /// A device grant that is not answered yet, by its digest.
    Grant(String),
    /// An event of cashless, for what is done to it at the command line.
    Event(u64),
}

/// A security event. It names an account by its `sub`; everything personal is in
/// `details`, sealed under the account's own key.
#[derive(Clone, Debug, Serialize)]
pub struct AuditEvent {
    /// Whom it is about.
    #[serde(skip)]
    pub subject: AuditSubject,
    /// Its name.
    pub id: Uuid,
    /// Its integer id, for contracts that list events by number.
    pub number: u64,
    /// What happened.
    pub kind: EventKind,
    /// Who did it.
    pub actor: Actor,
    /// The administrator who did it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Uuid>,
    /// When.
    pub at: UnixTime,
    /// The session that it made or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Uuid>,
    /// The challenge that it opened or answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Uuid>,
    /// Whether that challenge was open already, and was gone on with.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The role that the account has from then on, if it was given another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The risk that was weighed, of such an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<AuditedRisk>,
    /// Where from, sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// Until when it is kept.
    #[serde(skip)]
    pub keep_until: UnixTime,
}

/// Which events of an account to read.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Only of these kinds, of which there is at least one; `None` for all.
    pub kinds: Option<Vec<EventKind>>,
    /// Not before.
    pub since: Option<UnixTime>,
    /// Not after.
    pub until: Option<UnixTime>,
}

/// An event as it is read back.
#[derive(Clone, Debug, Deserialize)]
pub struct AuditRecord {
    /// Where an earlier page ended.
    #[serde(rename = "sk")]
    pub cursor: String,
    /// Its name.
    pub id: Uuid,
    /// Its integer id.
    pub number: u64,
    /// What happened.
    pub kind: EventKind,
    /// Who did it.
    pub actor: Actor,
    /// The administrator who did it, if one did.
    pub by: Option<Uuid>,
    /// When.
    pub at: UnixTime,
    /// The session that it made or ended.
    pub session: Option<Uuid>,
    /// The challenge that it opened or answered.
    pub challenge: Option<Uuid>,
    /// Whether that challenge was open already, and was gone on with.
    #[serde(default)]
    pub again: bool,
    /// The role that the account has from then on, if it was given another.
    pub role: Option<Role>,
    /// The risk that was weighed, of such an event.
    pub risk: Option<AuditedRisk>,
    /// Where from, sealed under the account's key.
    pub details: Option<String>,
}

impl AuditEvent {
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        to_item(
            &key::audit(&self.subject, self.at, self.id),
            self,
            Some(self.keep_until),
        )
    }
}

impl Store {
    /// Appends an event by itself. Where there is a transaction, put it there
    /// instead: then neither exists without the other. A row that is there is never
    /// replaced: it is this one, whose answer was lost, for its name is random.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn append_audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.audit_table)
            .set_item(Some(event.item()?))
            .condition_expression(key::IS_NEW)
            .send()
            .await;
        unless_refused("PutItem", put).map(drop)
    }

    /// Up to `limit` events about something, latest first, before the cursor
    /// of an earlier page. Only operators' tools read them: no function's role
    /// may.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn audit_page(
        &self,
        of: &AuditSubject,
        asked: &AuditQuery,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let from = before.map(|cursor| key::audit_at(of, cursor).attributes());
        self.audit_records(of, asked, from, 0, limit).await
    }

    /// `limit` events behind the first `offset`, latest first: reading passes over all of
    /// those.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn audit_slice(
        &self,
        of: &AuditSubject,
        asked: &AuditQuery,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        self.audit_records(of, asked, None, offset, limit).await
    }

    async fn audit_records(
        &self,
        of: &AuditSubject,
        asked: &AuditQuery,
        mut from: Option<Item>,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let (mut passed, mut records) = (0, Vec::new());
        loop {
            let answer = self
                .audit_query(of, asked)?
                .scan_index_forward(false)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|e| StoreError::call("Query", &e))?;
            for item in answer.items.unwrap_or_default() {
                if passed < offset {
                    passed += 1;
                } else if records.len() < limit {
                    records.push(from_item(item)?);
                }
            }
            from = answer.last_evaluated_key;
            if from.is_none() || records.len() >= limit {
                return Ok(records);
            }
        }
    }

    /// How many events about something there are.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn audit_total(
        &self,
        of: &AuditSubject,
        asked: &AuditQuery,
    ) -> Result<u64, StoreError> {
        let (mut total, mut from) = (0, None);
        loop {
            let answer = self
                .audit_query(of, asked)?
                .select(Select::Count)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|e| StoreError::call("Query", &e))?;
            total += u64::try_from(answer.count).unwrap_or_default();
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(total);
            }
        }
    }

    pub(crate) fn audit_query(
        &self,
        of: &AuditSubject,
        asked: &AuditQuery,
    ) -> Result<QueryFluentBuilder, StoreError> {
        let (pk, first, last) = key::audit_range(of, asked.since, asked.until);
        let mut query = self
            .db
            .query()
            .table_name(&*self.audit_table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last")
            .expression_attribute_names("#pk", key::PK)
            .expression_attribute_names("#sk", key::SK)
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":first", string(first))
            .expression_attribute_values(":last", string(last));
        let Some(kinds) = &asked.kinds else {
            return Ok(query);
        };
        let mut names = Vec::with_capacity(kinds.len());
        for (n, kind) in kinds.iter().enumerate() {
            query = query.expression_attribute_values(format!(":k{n}"), attribute(kind)?);
            names.push(format!(":k{n}"));
        }
        Ok(query.filter_expression(format!("kind IN ({})", names.join(", "))))
    }
}
