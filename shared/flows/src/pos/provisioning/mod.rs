//! What cashless presumes and does not define: making events, registering devices at
//! them and appointing who works there. The same rules hold for administrators over
//! HTTP and at the command line.
//!
//! Acts over HTTP are among the audit events of the administrator's account, those of
//! the command line among the event's; what becomes of a person is among theirs.

mod devices;
mod events;
mod operators;

use domain::audit::{Actor, EventKind};
use domain::{AuthFailure, Error, UnixTime};
use store::{AuditEvent, AuditSubject, Step, Transaction};

pub use devices::{DeviceEdit, NewDevice};
pub use events::EventEdit;
pub use operators::{NewOperator, OperatorEdit};

use crate::Postern;
use crate::admin::accounts::ActedBy;

impl Postern {
    /// The audit event of an act at the event `at`.
    fn provisioning_event(
        &self,
        by: ActedBy<'_>,
        at: u64,
        kind: EventKind,
    ) -> Result<AuditEvent, Error> {
        match by {
            ActedBy::Administrator { admin, meta } => {
                let signed = admin.signed();
                self.user_event(&signed.user, kind, Some(signed.session.id), meta)
            }
            ActedBy::CommandLine => {
                let subject = AuditSubject::Event(at);
                Ok(self.event(subject, kind, Actor::CommandLine, self.now()))
            }
        }
    }

    /// Commits what `by` does while they may: the step that refused, if one did.
    pub(crate) async fn provision(
        &self,
        by: ActedBy<'_>,
        transaction: Transaction<'_>,
    ) -> Result<Option<Step>, Error> {
        let transaction = match by.administrator() {
            Some(administrator) => transaction.check_user(administrator)?,
            None => transaction,
        };
        match self.commit(transaction).await? {
            None => Ok(None),
            Some(Step::CheckUser) => Err(Error::Unauthenticated(AuthFailure::Inactive)),
            Some(step) => Ok(Some(step)),
        }
    }

    fn instant(&self, by: ActedBy<'_>) -> UnixTime {
        match by {
            ActedBy::Administrator { meta, .. } => meta.now,
            ActedBy::CommandLine => self.now(),
        }
    }
}
