//! Telling other services what a token of ours is worth now.
//!
//! They could check its signature by themselves, but then a logout or a lock
//! would reach them only when it expires. Asking costs one read: the session and
//! its account together, or the row of a key. The limit on asking is leased in
//! blocks, so that most calls write nothing; the few that do lease write while
//! they read.

use crypto::TokenKind;
use domain::account::User;
use domain::limit::Limit;
use domain::limit::cashless::TOKEN_VERIFICATIONS;
use domain::pos::{OfflineClaims, OperatorClaims};
use domain::service_key::{self, ServiceKey};
use domain::token::AccessClaims;
use domain::{Error, UnixTime, api_key};

use crate::{Postern, RequestMeta};

/// A credential of ours that is good now.
#[derive(Clone, Debug)]
pub enum Credential {
    /// An access token, whose session and account stand.
    Access(Box<AccessClaims>),
    /// An offline token: the person, event and device that it names stand.
    Offline(Box<OfflineClaims>),
    /// An operator's token at a device.
    Operator(Box<OperatorClaims>),
    /// The API key of a service.
    Service(ServiceKey),
    /// The API key of a person, which has a user's rights, whoever's it is.
    Personal(Box<User>),
}

impl Postern {
    /// What `token` is worth, to anybody who asks. Nothing is said about why one is
    /// worth nothing: expired, revoked, forged and of the wrong kind are all alike.
    ///
    /// # Errors
    /// [`Error::TooMany`] by place, [`Error::Unavailable`] if the table does not answer.
    pub async fn verify_token(
        &self,
        meta: &RequestMeta,
        token: &str,
    ) -> Result<Option<Credential>, Error> {
        self.within(&TOKEN_VERIFICATIONS, meta, self.worth(token, meta.now))
            .await
    }

    /// What `token` is worth, where asking is limited elsewhere: to a service that
    /// introspects, or to an API whose authorizer we are.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn worth(&self, token: &str, now: UnixTime) -> Result<Option<Credential>, Error> {
        match self.credential(token, now).await {
            Ok(credential) => Ok(Some(credential)),
            Err(Error::Unauthenticated(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The kind is told by the form: each has one that the others cannot have.
    async fn credential(&self, token: &str, now: UnixTime) -> Result<Credential, Error> {
        if token.starts_with(service_key::PREFIX) {
            let key = self.authenticate_service_key(token).await?;
            return Ok(Credential::Service(key));
        }
        if api_key::parse(token).is_some() {
            let user = self.authenticate_key(token).await?;
            return Ok(Credential::Personal(Box::new(user)));
        }
        match TokenKind::claimed(token) {
            Some(TokenKind::Offline) => {
                let claims = self.check_offline(token, now).await?;
                Ok(Credential::Offline(Box::new(claims)))
            }
            Some(TokenKind::Operator) => {
                let (claims, ..) = self.check_operator(token, now).await?;
                Ok(Credential::Operator(Box::new(claims)))
            }
            _ => {
                let (claims, _) = self.authenticate_claims(token, now).await?;
                Ok(Credential::Access(Box::new(claims)))
            }
        }
    }

    /// Takes one hit of a leased budget, if there is one to take it from: for work that
    /// must not be done when it is refused.
    pub(crate) async fn admitted(
        &self,
        limit: Option<&Limit>,
        meta: &RequestMeta,
    ) -> Result<(), Error> {
        let Some(limit) = limit else { return Ok(()) };
        let place = meta.place().to_string();
        let taken = match self.store().take(limit, &place, meta.now) {
            Some(taken) => taken,
            None => self.store().lease(limit, &place, meta.now).await?,
        };
        taken.map_err(Error::TooMany)
    }

    /// Does `work`, which only reads, within a leased budget: from memory if a lease is
    /// held, else while one is made.
    pub(crate) async fn within<T>(
        &self,
        limit: &Limit,
        meta: &RequestMeta,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let place = meta.place().to_string();
        if let Some(taken) = self.store().take(limit, &place, meta.now) {
            taken.map_err(Error::TooMany)?;
            return work.await;
        }
        let (leased, done) = tokio::join!(self.store().lease(limit, &place, meta.now), work);
        leased?.map_err(Error::TooMany)?;
        done
    }
}
