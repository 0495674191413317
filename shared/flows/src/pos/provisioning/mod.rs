//! What cashless presumes and does not define: making events, registering devices at
//! them and appointing who works there. One set of rules for administrators over
//! HTTP and the operator at the command line.
//!
//! An administrator's acts stand in the administrator's own trail, those of the
//! command line in the event's; what becomes of a person stands in theirs.

mod devices;
mod events;
mod operators;

use domain::audit::{Actor, EventKind};
use domain::{AuthFailure, Error, UnixTime, platform};
use store::{AuditEvent, AuditSubject, Commit, Step, Transaction};

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
            ActedBy::Operator => {
                let subject = AuditSubject::Event(at);
                Ok(self.event(subject, kind, Actor::Operator, self.now()))
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
        match transaction.commit(platform::uuid(self.entropy())).await? {
            Commit::Done => Ok(None),
            Commit::Refused(refusal) if refusal.step == Step::CheckUser => {
                Err(Error::Unauthenticated(AuthFailure::Inactive))
            }
            Commit::Refused(refusal) => Ok(Some(refusal.step)),
        }
    }

    fn instant(&self, by: ActedBy<'_>) -> UnixTime {
        match by {
            ActedBy::Administrator { meta, .. } => meta.now,
            ActedBy::Operator => self.now(),
        }
    }
}
