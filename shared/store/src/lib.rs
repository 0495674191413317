//! The two DynamoDB tables: every key shape, every item, every conditional write.
//!
//! Reading is by computed key, always strongly consistent, never by search.
//! Writing is by condition: a single-use thing is spent by a condition on its
//! row, uniqueness is a claim row that may not exist yet, an edit names the
//! revision it was made from. What belongs together is one [`Transaction`].
//!
//! A row that cannot be read is a defect, and is reported with its key's kind and never
//! its key. What follows depends on what the row is for. One that grants something (an
//! account, a session, a code's account, a one-time token) is an error, since to guess at
//! it would be to grant. One that only counts (a bucket, a ledger of tries or codes)
//! counts as absent and is emptied, since an unreadable counter must not lock users out;
//! [`Store`]'s `counters` is the one place that reads such rows. No counter goes below
//! zero: each write that takes something back demands in its condition that it is there.
//!
//! There is no storage trait and no fake: tests and the local stack run this
//! code, through the real SDK, on a real engine. [`key`] holds every key.

mod agents;
mod api_keys;
mod audit;
mod audit_trail;
mod authorizations;
mod belongings;
mod browsers;
mod challenges;
mod clients;
mod codes;
mod conflict;
mod counted;
mod directory;
mod enrollments;
mod erasure;
mod error;
mod factors;
mod grants;
mod item;
pub mod key;
mod keyring;
mod kms;
mod leases;
pub mod log;
mod notices;
mod oauth;
mod origins;
mod passwords;
mod people;
mod pictures;
mod pos;
mod rates;
mod reset_codes;
mod restoration;
mod risk;
mod sealed;
mod secrets;
mod service_keys;
mod sessions;
mod transaction;
mod tries;
mod trusted_devices;
mod users;
mod vendors;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;

pub use audit::{AuditEvent, AuditQuery, AuditRecord, AuditSubject};
pub use audit_trail::{AuditPlace, AuditRow};
pub use authorizations::SignedIn;
pub use belongings::Belongings;
pub use browsers::Browser;
pub use codes::CodeAndHolder;
pub use counted::Counted;
pub use directory::{DirectoryEntry, DirectoryPage, DirectoryPlace, Listed, SearchedText};
pub use error::StoreError;
pub use keyring::{SealedPart, StoredRing};
pub use kms::Kms;
pub use notices::{NoticeOwner, WaitingNotice};
pub use oauth::Candidates;
pub use passwords::NameState;
pub use people::Span;
pub use pos::{DeviceBinding, EventPage};
pub use restoration::Adopted;
pub use risk::RiskRecord;
pub use sealed::{SealedCursor, SealedRow};
pub use secrets::StoredSecret;
pub use transaction::{Commit, Step, Transaction};
pub use tries::TryState;
pub use trusted_devices::ShownDevice;

/// Both tables of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    db: Client,
    table: Arc<str>,
    audit_table: Arc<str>,
    seen: Arc<rates::Seen>,
    leases: Arc<leases::Leases>,
}

impl Store {
    /// The tables of these names, reached as `config` says.
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, table: &str, audit_table: &str) -> Self {
        Self {
            db: Client::from_conf(
                aws_sdk_dynamodb::config::Builder::from(config)
                    .retry_classifier(conflict::ItemConflict)
                    .build(),
            ),
            table: table.into(),
            audit_table: audit_table.into(),
            seen: Arc::default(),
            leases: Arc::default(),
        }
    }
}
