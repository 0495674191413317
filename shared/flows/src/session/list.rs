//! Looking at one's sessions, and ending one.

use domain::account::User;
use domain::audit::EventKind;
use domain::session::{EndedBy, Session};
use domain::{Error, UnixTime};

use crate::{Postern, RequestMeta, Signed};

impl Postern {
    /// The live sessions of `user`, oldest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn sessions(&self, user: &User, now: UnixTime) -> Result<Vec<Session>, Error> {
        let mut sessions = self.store().sessions(user.sub).await?;
        sessions.retain(|session| session.is_alive(user, self.moment(now)));
        sessions.sort_by_key(|session| (session.auth_time, session.number));
        Ok(sessions)
    }

    /// Ends the session of that number, whose tokens die with it. Any of one's own:
    /// also the one that asks.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is none such, or another request ended it.
    pub async fn end_own_session(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        number: u64,
    ) -> Result<(), Error> {
        let sessions = self.sessions(&signed.user, meta.now).await?;
        let session = sessions
            .iter()
            .find(|session| session.number == number)
            .ok_or(Error::Missing)?;
        let ended = self.end_session(meta, &signed.user, session, EndedBy::Owner);
        if ended.await? {
            Ok(())
        } else {
            Err(Error::Missing)
        }
    }

    /// Ends a session of `user`, with its event. Whether this call did it: of several
    /// that end it at once, one writes the event.
    pub(crate) async fn end_session(
        &self,
        meta: &RequestMeta,
        user: &User,
        session: &Session,
        why: EndedBy,
    ) -> Result<bool, Error> {
        let kind = match why {
            EndedBy::Owner => EventKind::SessionEnded,
            EndedBy::Replay => EventKind::SuspiciousRefresh,
            EndedBy::CodeReplay => EventKind::SuspiciousCode,
            EndedBy::Revocation => EventKind::TokenRevoked,
        };
        let event = self.user_event(user, kind, Some(session.id), meta)?;
        let transaction = self
            .store()
            .transaction()
            .end_session(session.sub, session.id, why)?
            .audit(&event)?;
        let committed = self.commit(transaction).await?;
        Ok(committed.is_none())
    }
}
