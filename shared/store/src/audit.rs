//! The append-only table of security events. Its writers may only put.

use domain::UnixTime;
use domain::audit::{Actor, EventKind};
use serde::Serialize;
use uuid::Uuid;

use crate::item::{Item, to_item};
use crate::key;
use crate::{Store, StoreError};

/// Whom an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditSubject {
    /// An account.
    Account(Uuid),
    /// An address that no account holds, as a keyed mark. Written so that a
    /// failure costs the same whether there is an account or not.
    Address(String),
    /// A device grant that nobody has answered yet, by its digest.
    Grant(String),
}

/// A security event. Who is an account's `sub`; everything personal is in
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
    /// When.
    pub at: UnixTime,
    /// The session that it made or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Uuid>,
    /// Where from, sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// Until when it is kept.
    #[serde(skip)]
    pub keep_until: UnixTime,
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
    /// instead: then neither exists without the other.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn append_audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        self.db
            .put_item()
            .table_name(&*self.audit_table)
            .set_item(Some(event.item()?))
            .send()
            .await
            .map(drop)
            .map_err(|e| StoreError::call("PutItem", &e))
    }
}
