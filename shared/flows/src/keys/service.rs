//! API keys of services: making one, revoking one, knowing one. The first two are for
//! an administrator who signed in just now.

use crypto::derive;
use domain::audit::EventKind;
use domain::limit::cashless::{SERVICE_KEY_REVOCATIONS, SERVICE_KEYS};
use domain::service_key::{self, INTROSPECT, ServiceKey};
use domain::{AuthFailure, Error, platform};

use crate::{FreshAdmin, MAX_ROUNDS, Postern, RequestMeta, contended};

/// What a key is to be for.
#[derive(Clone, Debug)]
pub struct NewServiceKey {
    /// What people call it.
    pub name: String,
    /// The event that it is for.
    pub event_id: u64,
    /// What it may do.
    pub scopes: Vec<String>,
}

/// A key that was just made, which is the only time it is seen.
#[derive(Clone)]
pub struct IssuedServiceKey {
    /// The key itself.
    pub key: String,
    /// What is kept of it.
    pub kept: ServiceKey,
}

impl Postern {
    /// Makes a key for a service.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network.
    pub async fn create_service_key(
        &self,
        meta: &RequestMeta,
        admin: &FreshAdmin,
        new: NewServiceKey,
    ) -> Result<IssuedServiceKey, Error> {
        self.limit_by_network(&SERVICE_KEYS, meta).await?;
        let admin = admin.signed();
        let secret = derive::fresh_token(self.entropy());
        let (kind, session) = (EventKind::ServiceKeyCreated, Some(admin.session.id));
        for _ in 0..MAX_ROUNDS {
            let kept = ServiceKey {
                id: platform::integer_id(self.entropy()),
                name: new.name.clone(),
                event_id: new.event_id,
                scopes: new.scopes.clone(),
                digest: derive::token_hash(&secret),
                created_by: admin.user.sub,
                created_at: meta.now,
            };
            let event = self.user_event(&admin.user, kind, session, meta)?;
            // An administrator who was locked meanwhile makes no key.
            let transaction = self
                .store()
                .transaction()
                .check_user(&admin.user)?
                .create_service_key(&kept)?
                .audit(&event)?;
            match self.commit(transaction).await? {
                None => {
                    let key = service_key::write(kept.id, &secret);
                    return Ok(IssuedServiceKey { key, kept });
                }
                Some(store::Step::CheckUser) => {
                    return Err(Error::Unauthenticated(AuthFailure::Inactive));
                }
                // Of 2^53 ids, one that another key has.
                Some(_) => {}
            }
        }
        Err(contended())
    }

    /// Revokes a key. Of several requests at once only one succeeds.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such key, or no longer;
    /// [`Error::TooMany`] by network.
    pub async fn revoke_service_key(
        &self,
        meta: &RequestMeta,
        admin: &FreshAdmin,
        id: u64,
    ) -> Result<(), Error> {
        self.limit_by_network(&SERVICE_KEY_REVOCATIONS, meta)
            .await?;
        let admin = admin.signed();
        let (kind, session) = (EventKind::ServiceKeyRevoked, Some(admin.session.id));
        let event = self.user_event(&admin.user, kind, session, meta)?;
        let transaction = self
            .store()
            .transaction()
            .check_user(&admin.user)?
            .remove_service_key(id)?
            .audit(&event)?;
        match self.commit(transaction).await? {
            None => Ok(()),
            Some(store::Step::CheckUser) => Err(Error::Unauthenticated(AuthFailure::Inactive)),
            Some(_) => Err(Error::Missing),
        }
    }

    /// The key of a service that `sent` is. One read, whether it is one or not.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if it is none, or was revoked.
    pub(crate) async fn authenticate_service_key(&self, sent: &str) -> Result<ServiceKey, Error> {
        let refused = Error::Unauthenticated(AuthFailure::BadApiKey);
        let Some(sent) = service_key::parse(sent) else {
            return Err(refused);
        };
        let kept = self.store().service_key(sent.id).await?;
        let digest = derive::token_hash(sent.secret);
        kept.filter(|kept| derive::constant_time_eq(&kept.digest, &digest))
            .ok_or(refused)
    }

    /// The service that may introspect tokens by the key `sent`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if it is no key, [`Error::Forbidden`] if it lacks
    /// the scope, [`Error::TooMany`] once a network has shown ten that are none in a minute.
    pub async fn authenticate_introspector(
        &self,
        meta: &RequestMeta,
        sent: &str,
    ) -> Result<ServiceKey, Error> {
        let key = match self.authenticate_service_key(sent).await {
            Ok(key) => key,
            Err(why) => return Err(self.count_bad_key(meta, why).await),
        };
        if key.has(INTROSPECT) {
            Ok(key)
        } else {
            Err(Error::Forbidden)
        }
    }
}
