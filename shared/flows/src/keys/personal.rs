//! The API key of an account: reading it, replacing it, trying one.
//!
//! The account's row says which key is in force, so making one, ending another
//! and noticing that another request did so first are one conditional write. A
//! lost race is told apart from an unrelated edit by looking again.

use delivery::Letter;
use domain::account::User;
use domain::api_key::{ApiKey, parse};
use domain::audit::EventKind;
use domain::limit::{API_KEY_TESTS_PER_NETWORK, API_KEYS_PER_ACCOUNT};
use domain::{AuthFailure, Error, platform};
use store::AuditEvent;
use uuid::Uuid;

use crate::session::fresh::proven;
use crate::{Caller, MAX_ROUNDS, Postern, ProvenSession, RequestMeta, contended};

/// A key that was just made, which is the only time it is seen.
#[derive(Clone)]
pub struct IssuedKey {
    /// The key itself.
    pub key: Uuid,
    /// What is kept of it.
    pub kept: ApiKey,
}

impl Postern {
    /// The API key of the caller, as it is kept: the first read makes it. That key is
    /// never shown whole; a user who wants to use a key replaces it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the account was closed meanwhile;
    /// [`Error::Unproven`] where there is none yet.
    pub async fn read_api_key(&self, meta: &RequestMeta, caller: Caller) -> Result<ApiKey, Error> {
        let mut user = caller.user().clone();
        for _ in 0..MAX_ROUNDS {
            // One of an earlier epoch opens nothing any more.
            let in_force = user
                .api_key
                .clone()
                .filter(|kept| kept.is_of(user.session_epoch));
            if let Some(kept) = in_force {
                return Ok(kept);
            }
            proven(&user)?;
            let key = platform::uuid(self.entropy());
            let fingerprint = self.api_key_fingerprint(key);
            let kept = ApiKey::first(key, fingerprint, user.session_epoch, meta.now);
            let event = self.user_event(&user, EventKind::ApiKeyCreated, None, meta)?;
            if self.put_api_key(&user, &kept, &event).await? {
                return Ok(kept);
            }
            user = self.again(&caller, meta).await?;
        }
        Err(contended())
    }

    /// Replaces the API key of a user who has just signed in; the one before is dead at
    /// once. Of several requests at once only one replaces it: else two keys would be shown,
    /// one of them dead already.
    ///
    /// # Errors
    /// [`Error::Conflict`] if another request replaced the key
    /// first, [`Error::TooMany`] by account.
    pub async fn reissue_api_key(
        &self,
        meta: &RequestMeta,
        session: ProvenSession,
    ) -> Result<IssuedKey, Error> {
        let signed = session.signed().clone();
        let account = signed.user.sub.to_string();
        self.store()
            .hit(&API_KEYS_PER_ACCOUNT, &account, meta.now)
            .await?
            .map_err(Error::TooMany)?;
        let mut user = signed.user.clone();
        let (replaced, session) = (user.api_key.clone(), Some(signed.session.id));
        let caller = Caller::Signed(Box::new(signed));
        for _ in 0..MAX_ROUNDS {
            let key = platform::uuid(self.entropy());
            let fingerprint = self.api_key_fingerprint(key);
            let kept = ApiKey::reissued(
                key,
                fingerprint,
                user.api_key.as_ref(),
                user.session_epoch,
                meta.now,
            );
            let event = self.user_event(&user, EventKind::ApiKeyReissued, session, meta)?;
            if self.put_api_key(&user, &kept, &event).await? {
                self.notify(&user, &Letter::NewApiKey, meta).await;
                return Ok(IssuedKey { key, kept });
            }
            user = self.again(&caller, meta).await?;
            if user.api_key != replaced {
                return Err(Error::Conflict);
            }
        }
        Err(contended())
    }

    /// Whose key `typed` is, if it is one that works.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network.
    pub async fn test_api_key(
        &self,
        meta: &RequestMeta,
        typed: &str,
    ) -> Result<Option<User>, Error> {
        self.limit_by_network(&API_KEY_TESTS_PER_NETWORK, meta)
            .await?;
        let holder = self.holder_of_api_key(typed).await?;
        Ok(holder.filter(User::is_active))
    }

    /// Whose key `typed` is, whether the account may be used or not.
    pub(crate) async fn holder_of_api_key(&self, typed: &str) -> Result<Option<User>, Error> {
        let Some(key) = parse(typed) else {
            return Ok(None);
        };
        let fingerprint = self.api_key_fingerprint(key);
        Ok(self.store().user_of_api_key(&fingerprint).await?)
    }

    fn api_key_fingerprint(&self, key: Uuid) -> String {
        self.ring().fingerprint("api key", &key.to_string())
    }

    /// Puts a key in force instead of the one that `user` has. Whether nothing
    /// came between.
    async fn put_api_key(
        &self,
        user: &User,
        kept: &ApiKey,
        event: &AuditEvent,
    ) -> Result<bool, Error> {
        let edited = User {
            rev: user.rev + 1,
            api_key: Some(kept.clone()),
            ..user.clone()
        };
        let transaction = self
            .store()
            .transaction()
            .edit_user(&edited, user)?
            .register_api_key(&edited)?
            .remove_api_key(user)?
            .audit(event)?;
        let committed = self.commit(transaction).await?;
        Ok(committed.is_none())
    }

    /// The caller's account as it is now, if it still is the caller's.
    async fn again(&self, caller: &Caller, meta: &RequestMeta) -> Result<User, Error> {
        let user = self.store().user(caller.user().sub).await?;
        user.filter(|user| caller.stands(user, self.moment(meta.now)))
            .ok_or(Error::Unauthenticated(AuthFailure::Inactive))
    }
}
