//! The installation's secrets, which operators set by the command line.
//!
//! Each is sealed under a data key that is wrapped for it alone. A function reads those that
//! it uses while it starts (`POSTERN_SECRETS`), and looks again once a minute at most: a
//! secret that was replaced has reached all of them a minute later.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crypto::seal;
use domain::secret::SecretName;
use domain::time::MINUTE;
use domain::{Entropy, Error, UnixTime};
use futures_util::future::try_join_all;
use store::{Store, StoredSecret};
use zeroize::Zeroizing;

use crate::last_look::LastLook;
use crate::wrapper::{Purpose, Wrapper};
use crate::{Postern, broken, log};

/// A secret, wiped when nobody holds it any more.
pub(crate) type Secret = Arc<Zeroizing<String>>;

/// The secrets that a function uses, as far as they are set, and the rows that they came
/// from: while a row is the same, reading it again asks nothing of KMS. One that cannot be
/// opened is none, and stops only what needs it.
type Secrets = BTreeMap<SecretName, (StoredSecret, Option<Secret>)>;

/// The secrets as a running function knows them.
pub(crate) struct SecretsCache {
    names: Vec<SecretName>,
    wrapper: Arc<Wrapper>,
    secrets: RwLock<Secrets>,
    last_look: LastLook,
}

/// A secret as operators see it: never its value.
#[derive(Clone, Copy, Debug)]
pub struct ListedSecret {
    /// Which one.
    pub name: SecretName,
    /// When it was set, if it was.
    pub set_at: Option<UnixTime>,
}

impl SecretsCache {
    /// Reads the secrets of these names.
    pub(crate) async fn open(
        store: &Store,
        names: Vec<SecretName>,
        wrapper: Arc<Wrapper>,
        now: UnixTime,
    ) -> Result<Self, Error> {
        let cache = Self {
            names,
            wrapper,
            secrets: RwLock::default(),
            last_look: LastLook::at(now),
        };
        cache.look(store).await?;
        Ok(cache)
    }

    async fn look(&self, store: &Store) -> Result<(), Error> {
        let reads = self.names.iter().map(async |name| {
            let Some(stored) = store.secret(*name).await? else {
                return Ok::<_, Error>(None);
            };
            let held = self.held(*name).filter(|(before, _)| *before == stored);
            let secret = match held {
                Some((_, Some(secret))) => Some(secret),
                _ => self.opened_or_told(*name, &stored).await,
            };
            Ok(Some((*name, (stored, secret))))
        });
        let read = try_join_all(reads).await?;
        *self.write() = read.into_iter().flatten().collect();
        Ok(())
    }

    async fn opened_or_told(&self, name: SecretName, stored: &StoredSecret) -> Option<Secret> {
        let opened = self.opened(name, stored).await;
        let told = opened.inspect_err(|error| {
            let fields = [
                ("secret", name.name().into()),
                ("cause", error.to_string().into()),
            ];
            log::event("secret_not_opened", fields);
        });
        told.ok()
    }

    async fn opened(&self, name: SecretName, stored: &StoredSecret) -> Result<Secret, Error> {
        let purpose = Purpose::Secret(name);
        let data_key = self.wrapper.unwrap(purpose, &stored.wrapped).await?;
        let plain = seal::open(&data_key, name.name(), &stored.sealed).map_err(broken)?;
        let text = String::from_utf8(plain).map_err(|_| broken(crypto::CryptoError::Seal))?;
        Ok(Arc::new(Zeroizing::new(text)))
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Secrets> {
        self.secrets.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self, name: SecretName) -> Option<(StoredSecret, Option<Secret>)> {
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        secrets.get(&name).cloned()
    }
}

impl Postern {
    /// A secret that this function uses, if it is set.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it is set and could not be opened.
    pub(crate) fn secret(&self, name: SecretName) -> Result<Option<Secret>, Error> {
        let Some((_, secret)) = self.0.secrets_cache.held(name) else {
            return Ok(None);
        };
        let unopened = || Error::Unavailable(format!("the secret {} does not open", name.name()));
        secret.ok_or_else(unopened).map(Some)
    }

    /// Looks at the secrets again if that was a minute ago. If they cannot be read now, the
    /// copies at hand will do for another one.
    pub async fn keep_secrets_current(&self, now: UnixTime) {
        let cache = &self.0.secrets_cache;
        if cache.names.is_empty() || !cache.last_look.is_due(MINUTE, now) {
            return;
        }
        if let Err(error) = cache.look(self.store()).await {
            log::event("secrets_unread", [("cause", error.to_string().into())]);
        }
    }

    /// Sets a secret, in place of the one before.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a value that it does not [take](SecretName::takes);
    /// [`Error::Unavailable`] if the table or KMS does not answer.
    pub async fn set_secret(&self, name: SecretName, value: &str) -> Result<(), Error> {
        if !name.takes(value) {
            return Err(Error::Forbidden);
        }
        let cache = &self.0.secrets_cache;
        let entropy: &dyn Entropy = self.entropy();
        let (data_key, wrapped) = cache
            .wrapper
            .generate(Purpose::Secret(name), entropy)
            .await?;
        let sealed = seal::seal(&data_key, name.name(), value.as_bytes(), entropy);
        let stored = StoredSecret {
            wrapped,
            sealed: sealed.map_err(broken)?,
            set_at: self.now(),
        };
        self.store().put_secret(name, &stored).await?;
        if cache.names.contains(&name) {
            let value = Arc::new(Zeroizing::new(value.to_owned()));
            cache.write().insert(name, (stored, Some(value)));
        }
        Ok(())
    }

    /// Removes a secret, and what it switches on with it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn remove_secret(&self, name: SecretName) -> Result<(), Error> {
        self.store().remove_secret(name).await?;
        self.0.secrets_cache.write().remove(&name);
        Ok(())
    }

    /// All secrets that there can be, and which are set.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn secrets(&self) -> Result<Vec<ListedSecret>, Error> {
        let reads = SecretName::ALL.map(async |name| {
            let stored = self.store().secret(name).await?;
            Ok::<_, Error>(ListedSecret {
                name,
                set_at: stored.map(|stored| stored.set_at),
            })
        });
        try_join_all(reads).await
    }
}
