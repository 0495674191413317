//! Sessions of an account, as an administrator sees and ends them.

use domain::Error;
use domain::audit::EventKind;
use domain::session::EndedBy;
use store::AuditEvent;
use uuid::Uuid;

use crate::admin::accounts::may_go_on;
use crate::{AccountRef, ActedBy, AdminSession, OwnSession, Postern, RequestMeta};

impl Postern {
    /// The live sessions of an account, with where they were begun.
    ///
    /// # Errors
    /// [`Error::NoAccount`].
    pub async fn sessions_of(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
    ) -> Result<Vec<OwnSession>, Error> {
        let user = self.account(admin, sub).await?;
        self.sessions_and_clients(&user, meta).await
    }

    /// Ends the session of that number of an account, whose tokens die with it.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; [`Error::Missing`] if it has no such session, or another
    /// request ended that; [`Error::Unauthenticated`] if the administrator is no longer one.
    pub async fn end_session_of(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
        number: u64,
    ) -> Result<(), Error> {
        let by = ActedBy::Administrator { admin, meta };
        let user = self.find(&AccountRef::Sub(sub)).await?;
        let sessions = self.sessions(&user, meta.now).await?;
        let session = sessions.iter().find(|session| session.number == number);
        let session = session.ok_or(Error::Missing)?;
        let event = AuditEvent {
            session: Some(session.id),
            ..self.event_by(by, &user, EventKind::SessionEnded)?
        };
        let transaction = by
            .still(self.store().transaction(), &user)?
            .end_session(sub, session.id, EndedBy::Owner)?
            .audit(&event)?;
        match may_go_on(self.commit(transaction).await?)? {
            None => Ok(()),
            Some(_) => Err(Error::Missing),
        }
    }

    /// Ends every session of an account and every sign-in that waits, as
    /// [`Postern::sign_out_everywhere`] does one's own. How many sessions there were.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; [`Error::Unauthenticated`] if the administrator is no longer
    /// one.
    pub async fn end_sessions_of(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
        forgets_devices: bool,
    ) -> Result<usize, Error> {
        let by = ActedBy::Administrator { admin, meta };
        let user = self.find(&AccountRef::Sub(sub)).await?;
        let event = |kind| self.event_by(by, &user, kind);
        let so_far = by.still(self.store().transaction(), &user)?;
        self.end_every_session(meta, &user, so_far, event, forgets_devices)
            .await
    }
}
