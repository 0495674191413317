//! Signing out, here or everywhere, and forgetting trusted devices with it (nauth).

use domain::account::User;
use domain::audit::EventKind;
use domain::session::{EndedBy, Session};
use domain::trusted_device::DeviceToken;
use domain::{Contract, Error};
use store::{AuditEvent, Step, Transaction};

use crate::admin::accounts::may_go_on;
use crate::{HistoryClient, MAX_ROUNDS, Postern, RequestMeta, Signed, contended};

/// Sessions that one transaction ends, with its event.
const AT_ONCE: usize = 90;

/// What becomes of the trust in a device whose session is signed out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceTrust {
    /// It stays.
    Keep,
    /// It ends: that in the session's device, and that in the one whose token was shown.
    Forget(Option<DeviceToken>),
}

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
        self.sessions_and_clients(&signed.user, meta).await
    }

    /// The live sessions of `user`, with where they were begun.
    pub(crate) async fn sessions_and_clients(
        &self,
        user: &User,
        meta: &RequestMeta,
    ) -> Result<Vec<OwnSession>, Error> {
        let sessions = self.sessions(user, meta.now).await?;
        let key = self.audit_key(user).ok();
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
    pub async fn sign_out(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        trust: DeviceTrust,
    ) -> Result<(), Error> {
        let (user, mut session) = (&signed.user, signed.session.clone());
        let mut tells_device = true;
        for _ in 0..MAX_ROUNDS {
            let transaction = self.store().transaction();
            let transaction = match (trust, &session.device) {
                (DeviceTrust::Forget(token), _) => {
                    self.forgetting(transaction, meta, user, &session, token)
                        .await?
                }
                (DeviceTrust::Keep, Some(device)) if tells_device => {
                    transaction.sign_out_device(&session, device)?
                }
                (DeviceTrust::Keep, _) => transaction,
            };
            let transaction = match session.ended {
                Some(_) => transaction,
                None => {
                    let kind = EventKind::SessionEnded;
                    let event = self.user_event(user, kind, Some(session.id), meta)?;
                    transaction.sign_out_session(&session)?.audit(&event)?
                }
            };
            if transaction.is_empty() {
                return Ok(());
            }
            match self.commit(transaction).await? {
                None => return Ok(()),
                // The device is gone, or signed in with another session by now.
                Some(Step::TrustDevice) => tells_device = false,
                Some(_) => {}
            }
            let now = self.store().session_and_user(user.sub, session.id).await?;
            match now {
                Some((now, _)) => session = now,
                None => return Ok(()),
            }
            tells_device &= session.ended.is_none();
        }
        Err(contended())
    }

    /// Adds the end of the trust in the device of `session`, and in the one that keeps the
    /// token that was shown.
    async fn forgetting<'t>(
        &self,
        so_far: Transaction<'t>,
        meta: &RequestMeta,
        user: &User,
        session: &Session,
        token: Option<DeviceToken>,
    ) -> Result<Transaction<'t>, Error> {
        let shown = token.map(|token| self.device_digest(token));
        let shown = shown.filter(|shown| session.device.as_ref() != Some(shown));
        let mut transaction = so_far;
        let mut any = false;
        for digest in session.device.iter().chain(&shown) {
            let device = self.store().trusted_device(user.sub, digest).await?;
            if device.is_some() {
                any = true;
                transaction = transaction.forget_device(user.sub, digest)?;
            }
        }
        let own = session.device.as_ref().or(shown.as_ref());
        if let Some(own) = own.filter(|_| self.is_adaptive(Contract::Nauth)) {
            transaction = self.forget_sign_in_device(transaction, user, own).await?;
        }
        if !any {
            return Ok(transaction);
        }
        let kind = EventKind::DeviceUntrusted;
        let event = self.user_event(user, kind, Some(session.id), meta)?;
        Ok(transaction.audit(&event)?)
    }

    /// Ends every live session of the signed-in user, the one that asks too, and every
    /// sign-in that waits for an answer; and where `forgets_devices` says so, the trust in
    /// every device. Keys stay: programs that hold one are no sessions. How many sessions
    /// there were.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn sign_out_everywhere(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        forgets_devices: bool,
    ) -> Result<usize, Error> {
        let (user, session) = (&signed.user, Some(signed.session.id));
        let event = |kind| self.user_event(user, kind, session, meta);
        let nothing = self.store().transaction();
        self.end_every_session(meta, user, nothing, event, forgets_devices)
            .await
    }

    /// The same for any account, together with what is in `so_far`.
    pub(crate) async fn end_every_session<'t>(
        &'t self,
        meta: &RequestMeta,
        user: &User,
        so_far: Transaction<'t>,
        event: impl Fn(EventKind) -> Result<AuditEvent, Error>,
        forgets_devices: bool,
    ) -> Result<usize, Error> {
        let sessions = self.sessions(user, meta.now).await?;
        let mut transaction = so_far.audit(&event(EventKind::SignedOutEverywhere)?)?;
        // A sign-in that waits for an answer is as good as a session to whoever can give it.
        transaction = match forgets_devices {
            false => transaction.end_waiting_sign_ins(user)?,
            true => transaction
                .forget_devices(user)?
                .audit(&event(EventKind::DeviceUntrusted)?)?,
        };
        let mut chunks = sessions.chunks(AT_ONCE);
        loop {
            for session in chunks.next().unwrap_or_default() {
                transaction = transaction.end_session_if_alive(session, EndedBy::Owner)?;
            }
            may_go_on(self.commit(transaction).await?)?;
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
