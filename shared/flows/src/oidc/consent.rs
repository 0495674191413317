//! A person agrees that a client may know them, and takes that back.
//!
//! What a client was let do rests on the consent by its name, and every token of its is
//! looked at beside the consent's row: once that is gone, all of them are worth nothing, in
//! the same instant and however many there are.

use domain::account::User;
use domain::audit::EventKind;
use domain::client::Consent;
use domain::session::EndedBy;
use domain::{Error, GrantFailure, platform};
use store::Step;

use super::authorize::VisitingBrowser;
use crate::{Postern, RequestMeta, contended};

impl Postern {
    /// Remembers that the person agreed to what the request of that name asks for.
    ///
    /// # Errors
    /// [`GrantFailure::Unknown`] if this browser has no such request any more;
    /// [`Error::StaleSignIn`] if nobody is signed in.
    pub async fn agree_to_client(
        &self,
        meta: &RequestMeta,
        browser: VisitingBrowser<'_>,
        name: &str,
    ) -> Result<(), Error> {
        let waiting = self.waiting_request(meta, browser, name).await?;
        let (signed, before) = waiting.state.ok_or(Error::StaleSignIn)?;
        let (user, session) = (&signed.user, signed.session.id);
        let request = &waiting.row.request;
        let kept = before.as_ref();
        let kept = kept.filter(|one| one.stands(user, &waiting.client));
        let consent = match kept {
            Some(kept) => kept.and(&request.scopes, &request.resources, meta.now),
            None => Consent {
                id: platform::uuid(self.entropy()),
                client: waiting.client.id.clone(),
                scopes: request.scopes.clone(),
                resources: request.resources.clone(),
                given_at: meta.now,
                trust_epoch: user.trust_epoch,
            },
        };
        let event = self.user_event(user, EventKind::ConsentGiven, Some(session), meta)?;
        let transaction = self
            .store()
            .transaction()
            .agree_to_request(&waiting.digest, session, meta.now)?
            .remember_consent(user.sub, &consent, before.as_ref())?
            .check_user(user)?
            .audit(&event)?;
        match self.commit(transaction).await? {
            None => Ok(()),
            Some(Step::AnswerRequest) => Err(Error::Grant(GrantFailure::Unknown)),
            Some(Step::CheckUser) => Err(Error::StaleSignIn),
            Some(_) => Err(contended()),
        }
    }

    /// What `user` agreed to, client by client.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn consents(&self, user: &User) -> Result<Vec<Consent>, Error> {
        Ok(self.store().consents(user.sub).await?)
    }

    /// Takes back what `user` agreed to with a client: its tokens are worth nothing from
    /// that instant on.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such consent.
    pub async fn withdraw_consent(
        &self,
        meta: &RequestMeta,
        user: &User,
        client: &str,
    ) -> Result<(), Error> {
        let event = self.user_event(user, EventKind::ConsentWithdrawn, None, meta)?;
        let transaction = self
            .store()
            .transaction()
            .forget_consent(user.sub, client)?
            .audit(&event)?;
        if self.commit(transaction).await?.is_some() {
            return Err(Error::Missing);
        }
        // They are over already; lists of sessions shall not show them.
        for session in self.sessions(user, meta.now).await? {
            let rested = session.authorization.as_ref();
            let rested = rested.is_some_and(|granted| granted.consent.is_some());
            if rested && session.granted_to.as_deref() == Some(client) {
                self.end_session(meta, user, &session, EndedBy::Owner)
                    .await?;
            }
        }
        Ok(())
    }
}
