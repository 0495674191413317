//! A security event as others see it: `docs/events.schema.json` in code.
//!
//! It is made of what an audit row says in the clear, less two things. The name of a sign-in
//! that waits stays here: whoever has it may answer in the user's stead. And what is sealed
//! cannot be read.

use delivery::BusEvent;
use domain::account::Role;
use domain::audit::{Actor, EventKind, Outcome};
use serde::Serialize;
use store::{AuditRow, AuditSubject};
use uuid::Uuid;

/// The form of events. Fields may be added to one; anything else makes another.
const VERSION: u8 = 1;

/// What an event is about: what its `sort_key` orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
enum EventSubject {
    /// An account or a vendor, by its `sub`.
    Account(Uuid),
    /// An address or a name that no account has, as a keyed digest: the same one each time,
    /// and no way back to the address.
    Address(String),
    /// A device grant that nobody has answered, as a digest.
    Grant(String),
    /// An event of cashless, by its integer id.
    Event(u64),
}

/// A security event.
#[derive(Clone, Debug, Serialize)]
struct SecurityEvent {
    version: u8,
    /// Its name, the same each time it is sent.
    id: Uuid,
    /// Its integer id, as contracts list it.
    number: u64,
    /// What happened.
    #[serde(rename = "type")]
    kind: EventKind,
    /// How that turned out.
    outcome: Outcome,
    /// The lifecycle hooks of nauth-toolkit that it is.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    hooks: &'static [&'static str],
    /// When, in RFC 3339.
    time: String,
    /// The stack that it happened in.
    stack: String,
    /// What it is about.
    subject: EventSubject,
    /// Its place among the events about the same, as text.
    sort_key: String,
    /// Who did it.
    actor: Actor,
    /// The administrator who did it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Uuid>,
    /// The session that it made or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<Uuid>,
    /// The role that the account has from then on, if it was given another.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
}

impl SecurityEvent {
    /// The event that a row of `stack` tells of.
    fn of(row: AuditRow, stack: &str) -> Self {
        let AuditRow { subject, record } = row;
        Self {
            version: VERSION,
            id: record.id,
            number: record.number,
            kind: record.kind,
            outcome: record.kind.outcome(),
            hooks: record.kind.hooks(),
            time: record.at.to_string(),
            stack: stack.to_owned(),
            subject: match subject {
                AuditSubject::Account(sub) => EventSubject::Account(sub),
                AuditSubject::Address(digest) => EventSubject::Address(digest),
                AuditSubject::Grant(digest) => EventSubject::Grant(digest),
                AuditSubject::Event(id) => EventSubject::Event(id),
            },
            sort_key: record.cursor,
            actor: record.actor,
            by: record.by,
            session: record.session,
            role: record.role,
        }
    }
}

/// The event that a row of `stack` tells of, ready for a bus.
pub(crate) fn for_bus(row: AuditRow, stack: &str) -> BusEvent {
    let time = row.record.at;
    let event = serde_json::json!(SecurityEvent::of(row, stack));
    // One spelling: as the row, `cargo ctl audit` and the event itself have it.
    let kind = event.get("type").and_then(serde_json::Value::as_str);
    BusEvent {
        detail_type: kind.unwrap_or_default().to_owned(),
        detail: event.to_string(),
        time,
    }
}
