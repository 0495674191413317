//! Telling other services what a token of ours is worth now.
//!
//! They could check its signature by themselves, but then a logout or a lock
//! would reach them only when it expires. Asking costs one read: the session and
//! its account together, or the row of a key. The limit on asking is leased in
//! blocks, so that most calls write nothing; the few that do lease write while
//! they read.

use domain::account::User;
use domain::limit::cashless::{introspections, token_verifications};
use domain::oidc::claims::ClientClaims;
use domain::pos::{OfflineClaims, OperatorClaims};
use domain::service_key::{self, ServiceKey};
use domain::token::AccessClaims;
use domain::{AuthFailure, Error, UnixTime, api_key};

use crate::session::authenticate::of_another_kind;
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
    /// The API key of a person, which has a user's rights, whatever their role.
    Personal(Box<User>),
}

/// What a service that introspects is told of.
#[derive(Clone, Debug)]
pub enum Introspected {
    /// A credential that is good here, or a token of a client's for another API.
    Credential(Credential),
    /// A token of a client that acts for itself.
    Client(Box<ClientClaims>),
}

/// A kind of credential, for APIs to say which they take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// Access tokens.
    Access,
    /// Offline tokens of devices.
    Offline,
    /// Operators' tokens at devices.
    Operator,
    /// API keys of services.
    Service,
    /// API keys of persons.
    Personal,
}

impl CredentialKind {
    /// All of them: what `/tokens/verify` tells apart (cashless).
    pub const ALL: [Self; 5] = [
        Self::Access,
        Self::Offline,
        Self::Operator,
        Self::Service,
        Self::Personal,
    ];

    /// What an API takes if nothing else was named for it: those that stand for a
    /// signed-in user or a service. A device's token is made from a MAC address, which is no
    /// secret, and a person's key does not prove that they are present.
    pub const USUAL: [Self; 2] = [Self::Access, Self::Service];

    /// Its name in settings and scopes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Offline => "offline",
            Self::Operator => "operator",
            Self::Service => "service",
            Self::Personal => "personal",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Credential {
    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> CredentialKind {
        match self {
            Self::Access(_) => CredentialKind::Access,
            Self::Offline(_) => CredentialKind::Offline,
            Self::Operator(_) => CredentialKind::Operator,
            Self::Service(_) => CredentialKind::Service,
            Self::Personal(_) => CredentialKind::Personal,
        }
    }
}

impl Postern {
    /// What `token` is worth, to any caller. Nothing is said about why one is
    /// worth nothing: expired, revoked, forged and of the wrong kind are all alike.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network, [`Error::Unavailable`] if the table does not answer.
    pub async fn verify_token(
        &self,
        meta: &RequestMeta,
        token: &str,
    ) -> Result<Option<Credential>, Error> {
        let asked = self.introspect(token, &CredentialKind::ALL, meta.now);
        self.within_verifications(meta, asked).await
    }

    /// Does `work`, which only reads, within what a network may have verified.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network; else what `work` says.
    pub(crate) async fn within_verifications<T>(
        &self,
        meta: &RequestMeta,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let limit = token_verifications(self.settings().verifications_a_minute);
        let network = self.network_key(meta);
        self.within(&limit, &network, meta.now, work).await
    }

    /// What `token` is worth to the service of `key`, within what that key may ask. It is told
    /// of tokens for any API, and for which: a client's may be for its own alone.
    ///
    /// # Errors
    /// [`Error::TooMany`] by key, [`Error::Unavailable`] if the table does not answer.
    pub async fn introspect_for(
        &self,
        key: &ServiceKey,
        token: &str,
        kinds: &[CredentialKind],
        now: UnixTime,
    ) -> Result<Option<Introspected>, Error> {
        let limit = introspections(self.settings().introspections_a_minute);
        let asked = async {
            match self.introspected(token, kinds, now).await {
                Err(Error::Unauthenticated(_)) => Ok(None),
                known => known,
            }
        };
        self.within(&limit, &key.id.to_string(), now, asked).await
    }

    async fn introspected(
        &self,
        token: &str,
        kinds: &[CredentialKind],
        now: UnixTime,
    ) -> Result<Option<Introspected>, Error> {
        let of_its_kind = |credential: Credential| {
            let taken = kinds.contains(&credential.kind());
            taken.then_some(Introspected::Credential(credential))
        };
        match self.credential(token, now).await {
            Err(Error::Unauthenticated(AuthFailure::BadToken)) => {}
            credential => return credential.map(of_its_kind),
        }
        let issuer = &self.settings().issuer;
        let check = || self.ring().check_client(token, issuer, now);
        // A token that a person let the client have names that person.
        if let Ok(claims) = self.checked(token, now, check).await
            && claims.sub == claims.client_id
        {
            // One that was removed acts no more.
            let client = self.client_now(&claims.client_id).await;
            return match client {
                Ok(_) => Ok(Some(Introspected::Client(Box::new(claims)))),
                Err(Error::Grant(_)) => Ok(None),
                Err(error) => Err(error),
            };
        }
        let (claims, _) = self.authenticate_for_anyone(token, now).await?;
        Ok(of_its_kind(Credential::Access(Box::new(claims))))
    }

    /// What `token` is worth to a caller who takes these `kinds`, where asking is limited
    /// elsewhere: to an API whose authorizer we are. A
    /// token that is good is not good for everything, so one of another kind is worth
    /// nothing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn introspect(
        &self,
        token: &str,
        kinds: &[CredentialKind],
        now: UnixTime,
    ) -> Result<Option<Credential>, Error> {
        match self.credential(token, now).await {
            Ok(credential) => Ok(Some(credential).filter(|it| kinds.contains(&it.kind()))),
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
        match self.authenticate_claims(token, now).await {
            Ok((claims, _)) => return Ok(Credential::Access(Box::new(claims))),
            Err(error) if of_another_kind(&error) => {}
            Err(error) => return Err(error),
        }
        match self.check_offline(token, now).await {
            Ok(claims) => return Ok(Credential::Offline(Box::new(claims))),
            Err(error) if of_another_kind(&error) => {}
            Err(error) => return Err(error),
        }
        let (claims, ..) = self.check_operator(token, now).await?;
        Ok(Credential::Operator(Box::new(claims)))
    }
}
