//! Opening the key ring, and making it.
//!
//! An installation's ring is made once, while it is deployed, by the one function that may
//! write it (`keys`). Of several that make it at once one wins; the others drop theirs. All
//! other functions only read it.
//!
//! A running function looks at the row again from time to time ([`KeyRingCache`]), as
//! `rotation` asks it to: for the signing keys, the rest never changes.

pub(crate) mod rotation;

use std::sync::Arc;

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
    wrapper: Arc<Wrapper>,
    /// The data key, and what it was unwrapped from: while the row has the same,
    /// reading the ring again asks nothing of KMS.
    wrapped: Vec<u8>,
    data_key: Secret,
    last_look: LastLook,
}

impl KeyRingCache {
    /// Opens the ring.
    pub(crate) async fn open(
        store: &Store,
        wrapper: Arc<Wrapper>,
        now: UnixTime,
    ) -> Result<Self, Error> {
        let stored = the_ring(store).await?;
        let data_key = wrapper.unwrap(Purpose::KeyRing, &stored.wrapped).await?;
        Ok(Self {
            ring: KeyRing::open(&stored.sealed, &data_key).map_err(broken)?,
            wrapper,
            wrapped: stored.wrapped,
            data_key,
            last_look: LastLook::at(now),
        })
    }

    /// Makes the ring, unless there is one.
    pub(crate) async fn make(
        store: &Store,
        settings: &Settings,
        aws: &Aws,
        now: UnixTime,
        entropy: &dyn Entropy,
    ) -> Result<(), Error> {
        if store.keyring().await?.is_some() {
            return Ok(());
        }
        let wrapper = Wrapper::new(settings, aws)?;
        let ring = KeyRing::generate(settings.algorithm, entropy, now).map_err(broken)?;
        let (data_key, wrapped) = wrapper.generate(Purpose::KeyRing, entropy).await?;
        let sealed = ring.seal(&data_key, entropy).map_err(broken)?;
        let stored = StoredRing {
            wrapped,
            sealed,
            created_at: now,
        };
        // Refused where another made one first, which is as good.
        store.create_keyring(&stored).await?;
        Ok(())
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
        let data_key = self.data_key_of(&stored).await?;
        let ring = KeyRing::open(&stored.sealed, &data_key).map_err(broken)?;
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
        let data_key = self.data_key_of(before).await?;
        let sealed = ring.seal(&data_key, entropy);
        Ok(StoredRing {
            sealed: sealed.map_err(broken)?,
            ..before.clone()
        })
    }

    /// The data key of a ring: the one at hand, unless the row has another by now.
    async fn data_key_of(&self, stored: &StoredRing) -> Result<Secret, Error> {
        if stored.wrapped == self.wrapped {
            return Ok(self.data_key.clone());
        }
        let wrapper = &self.wrapper;
        wrapper.unwrap(Purpose::KeyRing, &stored.wrapped).await
    }
}

async fn the_ring(store: &Store) -> Result<StoredRing, Error> {
    let stored = store.keyring().await?;
    stored.ok_or_else(|| {
        let what = "there is no key ring: `keys` makes it while the stack is deployed, or `cargo ctl keys init`";
        Error::Internal(what.to_owned())
    })
}
