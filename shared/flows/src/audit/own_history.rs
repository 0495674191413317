//! One's own security events by page, with exact totals (nauth).
//!
//! The total is counted by the table while the page is read: both are queries of the one
//! partition that is the account's. Counters beside the accounts would save reads for those
//! who look, and cost every sign-in a write for those who do not.

use domain::Error;
use domain::account::User;
use store::{AuditQuery, AuditSubject};

use crate::audit::history::opened;
use crate::{HistoryEvent, Postern, Signed};

/// Events that a page may lie behind: reading passes over all of them.
pub const DEEPEST: usize = 10_000;

/// A page of events, latest first.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The events.
    pub events: Vec<HistoryEvent>,
    /// How many there are on all pages.
    pub total: u64,
}

impl Postern {
    /// The events of the signed-in user that are `asked` for: `limit` of them behind
    /// the first `offset`. Behind [`DEEPEST`] a page is empty.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn own_history(
        &self,
        signed: &Signed,
        asked: &AuditQuery,
        offset: usize,
        limit: usize,
    ) -> Result<HistoryPage, Error> {
        self.history_page(&signed.user, asked, offset, limit).await
    }

    /// The same of any account.
    pub(crate) async fn history_page(
        &self,
        user: &User,
        asked: &AuditQuery,
        offset: usize,
        limit: usize,
    ) -> Result<HistoryPage, Error> {
        let of = AuditSubject::Account(user.sub);
        if asked.kinds.as_ref().is_some_and(Vec::is_empty) {
            return Ok(HistoryPage {
                events: Vec::new(),
                total: 0,
            });
        }
        let page = async {
            match offset < DEEPEST {
                true => self.store().audit_slice(&of, asked, offset, limit).await,
                false => Ok(Vec::new()),
            }
        };
        let (records, total) = tokio::join!(page, self.store().audit_total(&of, asked));
        let key = self.audit_key(user).ok();
        let events = records?.into_iter();
        Ok(HistoryPage {
            events: events.map(|record| opened(record, key.as_ref())).collect(),
            total: total?,
        })
    }
}
