//! Deleting an account for good.
//!
//! It is the deletion that its owner could ask for ([`crate::account::delete`]), and
//! beside it the key goes under which the personal data of its history is sealed: what the
//! events say of clients and places nobody reads any more. An operator can still bring the
//! bare account back ([`crate::admin::restore`]).

use domain::Error;
use domain::account::User;
use domain::audit::EventKind;
use store::{AuditQuery, AuditSubject};
use uuid::Uuid;

use crate::account::delete::Trail;
use crate::{AccountRef, ActedBy, FreshAdmin, Postern, RequestMeta, ResetCodeOf};

/// How much went with an account, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeletedRecords {
    /// Sessions that were alive.
    pub sessions: u64,
    /// Codes that waited for an answer outside a challenge.
    pub codes: u64,
    /// Second factors.
    pub factors: u64,
    /// Devices that were trusted.
    pub trusted_devices: u64,
    /// Accounts at providers.
    pub links: u64,
    /// Whether there were failed sign-ins that counted: one, or none.
    pub attempts: u64,
    /// Challenges that were open.
    pub challenges: u64,
    /// Events that cannot be read to the full any more.
    pub events: u64,
}

impl Postern {
    /// Deletes another user's account, and counts what goes.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; [`Error::NeedsAnotherAdministrator`] for one's own, and for the
    /// last administrator's; [`Error::Unauthenticated`] if the administrator is no longer
    /// one.
    pub async fn delete_account(
        &self,
        meta: &RequestMeta,
        admin: &FreshAdmin,
        sub: Uuid,
    ) -> Result<DeletedRecords, Error> {
        let admin = admin.admin();
        let by = ActedBy::Administrator { admin, meta };
        let user = self.find(&AccountRef::Sub(sub)).await?;
        by.is_another(&user)?;
        let mut records = self.records_of(meta, &user).await?;
        let event = self.event_by(by, &user, EventKind::AccountDeleted)?;
        let deleted = self.delete(
            user.clone(),
            event,
            by.administrator(),
            Trail::Unreadable,
            |_| true,
        );
        deleted.await.map_err(|error| match error {
            Error::AlreadyDeleted => Error::NoAccount,
            error => error,
        })?;
        // The names are free now: what was guessed at them is not held against whoever comes.
        records.attempts = u64::from(self.reset_password_attempts(&user).await?);
        Ok(records)
    }

    async fn records_of(&self, meta: &RequestMeta, user: &User) -> Result<DeletedRecords, Error> {
        let of = AuditSubject::Account(user.sub);
        let all = AuditQuery {
            kinds: None,
            since: None,
            until: None,
        };
        let code = self.reset_digest(&ResetCodeOf::Account(user.sub));
        let (sessions, factors, rows, events, code) = tokio::join!(
            self.sessions(user, meta.now),
            self.factors_of(user),
            self.store().belongings(user.sub),
            self.store().audit_total(&of, &all),
            self.store().reset_code(&code),
        );
        let rows = rows?;
        Ok(DeletedRecords {
            sessions: sessions?.len() as u64,
            codes: u64::from(code?.is_some()),
            factors: factors?.active().count() as u64,
            trusted_devices: rows.trusted_devices,
            links: rows.links,
            attempts: 0,
            challenges: rows.challenges,
            events: events?,
        })
    }
}
