//! Opening the key ring, and making it on first need.
//!
//! The first function that needs it makes it: any that starts against a table
//! without a ring makes one and puts it there on condition that there still is
//! none. Of several, one wins; the others drop theirs and read the winner's.
//!
//! A running function looks at the row again from time to time ([`KeyRingCache`]), as
//! `rotation` asks it to: for the signing keys, the rest never changes.

pub(crate) mod rotation;

use crypto::KeyRing;
use crypto::seal::Secret;
use domain::{Entropy, Error, UnixTime};
use store::{Store, StoredRing};

use crate::last_look::LastLook;
use crate::wrapper::{Purpose, Wrapper};
use crate::{Aws, Settings, broken};

/// The ring of a running function, and what it takes to read it again.
pub(crate) struct KeyRingCache {
    ring: KeyRing,
    wrapper: Wrapper,
    /// The data key, and what it was unwrapped from: while the row has the same,
    /// reading the ring again asks nothing of KMS.
    wrapped: Vec<u8>,
    data_key: Secret,
    last_look: LastLook,
}

impl KeyRingCache {
    /// Opens the ring, making it if there is none.
    pub(crate) async fn open(
        store: &Store,
        settings: &Settings,
        aws: &Aws,
        now: UnixTime,
        entropy: &dyn Entropy,
    ) -> Result<Self, Error> {
        let wrapper = Wrapper::new(settings, aws)?;
        if let Some(stored) = store.keyring().await? {
            return Self::unwrapped(stored, wrapper, now).await;
        }
        let ring = KeyRing::generate(settings.algorithm, entropy, now).map_err(broken)?;
        let (data_key, wrapped) = wrapper.generate(Purpose::KeyRing, entropy).await?;
        let sealed = ring.seal(&data_key, entropy).map_err(broken)?;
        let stored = StoredRing {
            wrapped,
            sealed,
            created_at: now,
        };
        if store.create_keyring(&stored).await? {
            return Ok(Self {
                ring,
                wrapper,
                wrapped: stored.wrapped,
                data_key,
                last_look: LastLook::at(now),
            });
        }
        Self::unwrapped(the_ring(store).await?, wrapper, now).await
    }

    async fn unwrapped(stored: StoredRing, wrapper: Wrapper, now: UnixTime) -> Result<Self, Error> {
        let data_key = wrapper.unwrap(Purpose::KeyRing, &stored.wrapped).await?;
        Ok(Self {
            ring: KeyRing::open(&stored.sealed, &data_key).map_err(broken)?,
            wrapper,
            wrapped: stored.wrapped,
            data_key,
            last_look: LastLook::at(now),
        })
    }

    pub(crate) const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Whether this caller is to look at the ring now, `seconds` after the last one.
    pub(crate) fn is_due(&self, seconds: u64, now: UnixTime) -> bool {
        self.last_look.is_due(seconds, now)
    }

    /// The ring as it is stored now; the running one goes on with its signing keys.
    pub(crate) async fn look(&self, store: &Store) -> Result<(StoredRing, KeyRing), Error> {
        let stored = the_ring(store).await?;
        let ring = if stored.wrapped == self.wrapped {
            KeyRing::open(&stored.sealed, &self.data_key)
        } else {
            KeyRing::open(
                &stored.sealed,
                &self
                    .wrapper
                    .unwrap(Purpose::KeyRing, &stored.wrapped)
                    .await?,
            )
        };
        let ring = ring.map_err(broken)?;
        self.ring.adopt(&ring);
        Ok((stored, ring))
    }

    /// `ring`, sealed to take the place of `before`.
    pub(crate) async fn seal(
        &self,
        ring: &KeyRing,
        before: &StoredRing,
        entropy: &dyn Entropy,
    ) -> Result<StoredRing, Error> {
        let sealed = if before.wrapped == self.wrapped {
            ring.seal(&self.data_key, entropy)
        } else {
            ring.seal(
                &self
                    .wrapper
                    .unwrap(Purpose::KeyRing, &before.wrapped)
                    .await?,
                entropy,
            )
        };
        Ok(StoredRing {
            sealed: sealed.map_err(broken)?,
            ..before.clone()
        })
    }
}

async fn the_ring(store: &Store) -> Result<StoredRing, Error> {
    let stored = store.keyring().await?;
    stored.ok_or_else(|| Error::Internal("the key ring vanished".to_owned()))
}
