//! Ending what a token opens, for the holder of the token (RFC 7009).
//!
//! The proof is the token itself: our tokens are bound to no client, and a holder
//! could use one in worse ways. An access token and a refresh token stand for
//! the same session, so either ends both. An API key of a service ends itself, so
//! that a person who finds one in the open can revoke it.

use domain::Error;
use domain::audit::EventKind;
use domain::limit::cashless::BAD_REVOCATIONS;
use domain::service_key::{self, ServiceKey};
use domain::session::EndedBy;
use uuid::Uuid;

use crate::{Postern, RequestMeta};

impl Postern {
    /// Ends what `token` opens. One that is worth nothing anyway is no error.
    ///
    /// # Errors
    /// [`Error::TooMany`] once a network has sent ten of those in a minute.
    pub async fn revoke_token(&self, meta: &RequestMeta, token: &str) -> Result<(), Error> {
        if self.revoke(meta, token).await? {
            return Ok(());
        }
        self.limit_by_network(&BAD_REVOCATIONS, meta).await
    }

    /// Whether `token` was one of ours.
    async fn revoke(&self, meta: &RequestMeta, token: &str) -> Result<bool, Error> {
        if token.starts_with(service_key::PREFIX) {
            return match self.authenticate_service_key(token).await {
                Ok(key) => self.end_service_key(meta, &key).await.map(|()| true),
                Err(Error::Unauthenticated(_)) => Ok(false),
                Err(error) => Err(error),
            };
        }
        let Some((sub, sid)) = self.session_of(meta, token).await? else {
            return Ok(false);
        };
        let Some((session, user)) = self.store().session_and_user(sub, sid).await? else {
            return Ok(true);
        };
        if !session.is_alive(&user, self.moment(meta.now)) {
            return Ok(true);
        }
        // Another request may have ended it first, which is as good.
        self.end_session(meta, &user, &session, EndedBy::Revocation)
            .await?;
        Ok(true)
    }

    /// The account and session that an access or refresh token names.
    async fn session_of(
        &self,
        meta: &RequestMeta,
        token: &str,
    ) -> Result<Option<(Uuid, Uuid)>, Error> {
        let issuer = &self.settings().issuer;
        if let Ok(refresh) = self.ring().check_refresh(token, issuer, meta.now) {
            return Ok(Some((
                self.ring().account_of_refresh(&refresh),
                refresh.sid,
            )));
        }
        match self.check_access_for_anyone(token, meta.now).await {
            Ok(access) => Ok(Some((self.ring().account_of(&access), access.sid))),
            Err(Error::Unauthenticated(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn end_service_key(&self, meta: &RequestMeta, key: &ServiceKey) -> Result<(), Error> {
        // An event of the administrator who made it; deleted accounts have no key to seal one.
        let maker = self.store().user(key.created_by).await?;
        let transaction = self.store().transaction().remove_service_key(key.id)?;
        let transaction = match maker.filter(|maker| !maker.audit_key.is_empty()) {
            Some(maker) => {
                let event = self.user_event(&maker, EventKind::ServiceKeyRevoked, None, meta)?;
                transaction.audit(&event)?
            }
            None => transaction,
        };
        match self.commit(transaction).await? {
            None | Some(_) => Ok(()),
        }
    }
}
