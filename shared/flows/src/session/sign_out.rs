//! Signing out, here or everywhere (nauth).

use domain::Error;
use domain::account::User;
use domain::audit::EventKind;
use domain::session::{EndedBy, Session};

use crate::{HistoryClient, Postern, RequestMeta, Signed};

/// Sessions that one transaction ends, with its event.
const AT_ONCE: usize = 90;

/// A session, and where it was begun as far as that can be read.
#[derive(Clone, Debug)]
pub struct OwnSession {
    /// The session.
    pub session: Session,
    /// Where and by what client it was begun.
    pub client: Option<HistoryClient>,
}

impl Postern {
    /// The live sessions of the signed-in user, with where they were begun.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn own_sessions(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
    ) -> Result<Vec<OwnSession>, Error> {
        let sessions = self.sessions(&signed.user, meta.now).await?;
        let key = self.audit_key(&signed.user).ok();
        let own = sessions.into_iter().map(|session| OwnSession {
            client: HistoryClient::opened(key.as_ref(), session.id, &session.client),
            session,
        });
        Ok(own.collect())
    }

    /// Ends the session that asks. One that another request ended meanwhile is as good.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn sign_out(&self, meta: &RequestMeta, signed: &Signed) -> Result<(), Error> {
        let Signed { user, session } = signed;
        self.end_session(meta, user, session, EndedBy::Owner)
            .await
            .map(drop)
    }

    /// Ends every live session of the signed-in user, the one that asks too, and every
    /// sign-in that waits for an answer. Keys stay: programs that hold one are no sessions.
    /// How many there were.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn sign_out_everywhere(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
    ) -> Result<usize, Error> {
        let sessions = self.sessions(&signed.user, meta.now).await?;
        let kind = EventKind::SignedOutEverywhere;
        let event = self.user_event(&signed.user, kind, Some(signed.session.id), meta)?;
        // A sign-in that waits for an answer is as good as a session to whoever can give it.
        let mut transaction = self
            .store()
            .transaction()
            .audit(&event)?
            .end_waiting_sign_ins(&signed.user)?;
        let mut chunks = sessions.chunks(AT_ONCE);
        loop {
            for session in chunks.next().unwrap_or_default() {
                transaction = transaction.end_session_if_alive(session, EndedBy::Owner)?;
            }
            self.commit(transaction).await?;
            if chunks.len() == 0 {
                return Ok(sessions.len());
            }
            transaction = self.store().transaction();
        }
    }

    /// Ends the oldest sessions of `user` beyond those that the installation lets an
    /// account have. Cannot fail the sign-in that is one too many, which has happened.
    ///
    /// Sign-ins of one moment agree on which sessions are the newest, as each goes by what
    /// is written and not by which is its own; the last one to look sees them all.
    pub(crate) async fn displace_sessions(&self, meta: &RequestMeta, user: &User) {
        let Some(most) = self.settings().nauth.max_sessions else {
            return;
        };
        if let Err(error) = self.try_displacing(meta, user, most).await {
            crate::log::event(
                "sessions_not_displaced",
                [("reason", error.to_string().into())],
            );
        }
    }

    async fn try_displacing(
        &self,
        meta: &RequestMeta,
        user: &User,
        most: usize,
    ) -> Result<(), Error> {
        let sessions = self.sessions(user, meta.now).await?;
        let over = sessions.len().saturating_sub(most);
        for session in sessions.iter().take(over) {
            self.end_session(meta, user, session, EndedBy::Owner)
                .await?;
        }
        Ok(())
    }
}
