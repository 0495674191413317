//! Opening the key ring, and making it.
//!
//! An installation's ring is made once, while it is deployed, by the one function that may
//! write it (`keys`). Of several that make it at once one wins; the others drop theirs. All
//! other functions only read it, each the [parts](KeyParts) that its operations use.
//!
//! A running function looks at the row again from time to time ([`KeyRingCache`]), as
//! `rotation` asks it to.

pub(crate) mod parts;
mod reseal;
pub(crate) mod restored;
pub(crate) mod rotation;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crypto::KeyRing;
use crypto::seal::Secret;
use domain::key_ring::{KeyPart, KeyParts};
use domain::{Entropy, Error, UnixTime, platform};
use futures_util::future::try_join_all;
use store::{SealedPart, Store, StoredRing};

use crate::last_look::LastLook;
use crate::wrapper::{Purpose, Wrapper};
use crate::{Aws, Postern, Settings, broken};

/// What it takes to read the ring of a running function again.
pub(crate) struct KeyRingCache {
    parts: KeyParts,
    wrapper: Arc<Wrapper>,
    /// The data keys, and what each was unwrapped from: while the row has the same,
    /// reading the ring again asks nothing of KMS.
    data_keys: Mutex<BTreeMap<KeyPart, (Vec<u8>, Secret)>>,
    last_look: LastLook,
}

impl KeyRingCache {
    /// Opens these parts of the ring.
    pub(crate) async fn open(
        store: &Store,
        parts: KeyParts,
        wrapper: Arc<Wrapper>,
        now: UnixTime,
    ) -> Result<(Self, KeyRing), Error> {
        let cache = Self {
            parts,
            wrapper,
            data_keys: Mutex::default(),
            last_look: LastLook::at(now),
        };
        let (_, ring) = cache.read(store, now).await?;
        Ok((cache, ring.limited_to(parts)))
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
        let sealed = seal_all(&wrapper, &ring, entropy).await?;
        let stored = StoredRing::new(sealed, platform::uuid(entropy), now);
        // Refused where another made one first, which is as good.
        store.create_keyring(&stored).await?;
        Ok(())
    }

    /// Whether this caller is to look at the ring now, `seconds` after the last one.
    pub(crate) fn is_due(&self, seconds: u64, now: UnixTime) -> bool {
        self.last_look.is_due(seconds, now)
    }

    /// The ring as it is stored now.
    pub(crate) async fn read(
        &self,
        store: &Store,
        now: UnixTime,
    ) -> Result<(StoredRing, KeyRing), Error> {
        let stored = the_ring(store).await?;
        let parts = self.parts.iter().map(async |part| {
            let sealed = stored.part(part).ok_or_else(not_split)?;
            let data_key = self.data_key(part, &sealed.wrapped).await?;
            Ok::<_, Error>((part, sealed.sealed.as_slice(), data_key))
        });
        let parts = try_join_all(parts).await?;
        let ring = KeyRing::open(parts, now).map_err(broken)?;
        Ok((stored, ring))
    }

    /// `ring`, sealed to take the place of `before`, under the data keys that it has.
    pub(crate) async fn seal(
        &self,
        ring: &KeyRing,
        before: &StoredRing,
        entropy: &dyn Entropy,
    ) -> Result<StoredRing, Error> {
        let parts = self.parts.iter().map(async |part| {
            let SealedPart { wrapped, .. } = before.part(part).ok_or_else(not_split)?;
            let data_key = self.data_key(part, wrapped).await?;
            let sealed = SealedPart {
                wrapped: wrapped.clone(),
                sealed: ring.seal(part, &data_key, entropy).map_err(broken)?,
            };
            Ok::<_, Error>((part, sealed))
        });
        let parts = try_join_all(parts).await?;
        Ok(before.with(parts, platform::uuid(entropy)))
    }

    /// The data key of a part: the one at hand, unless the row has another by now.
    async fn data_key(&self, part: KeyPart, wrapped: &[u8]) -> Result<Secret, Error> {
        let data_keys = || {
            self.data_keys
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let held = data_keys().get(&part).cloned();
        if let Some((_, data_key)) = held.filter(|(from, _)| from == wrapped) {
            return Ok(data_key);
        }
        let purpose = Purpose::KeyPart(part);
        let data_key = self.wrapper.unwrap(purpose, wrapped).await?;
        data_keys().insert(part, (wrapped.to_vec(), data_key.clone()));
        Ok(data_key)
    }
}

/// All parts of a ring, each under a fresh data key.
async fn seal_all(
    wrapper: &Wrapper,
    ring: &KeyRing,
    entropy: &dyn Entropy,
) -> Result<Vec<(KeyPart, SealedPart)>, Error> {
    let mut parts = Vec::new();
    for part in KeyPart::ALL {
        let (data_key, wrapped) = wrapper.generate(Purpose::KeyPart(part), entropy).await?;
        let sealed = ring.seal(part, &data_key, entropy).map_err(broken)?;
        parts.push((part, SealedPart { wrapped, sealed }));
    }
    Ok(parts)
}

fn not_split() -> Error {
    let what = "the key ring has no parts: split it with `cargo ctl keys split`";
    Error::Internal(what.to_owned())
}

async fn the_ring(store: &Store) -> Result<StoredRing, Error> {
    let stored = store.keyring().await?;
    stored.ok_or_else(|| {
        let what = "there is no key ring: `keys` makes it while the stack is deployed, or `cargo ctl keys init`";
        Error::Internal(what.to_owned())
    })
}

impl Postern {
    /// Seals something personal for `context`, which says whose it is and in what.
    pub(crate) fn seal_personal(&self, context: &str, plain: &[u8]) -> Result<String, Error> {
        let entropy = self.entropy();
        let sealed = self
            .ring()
            .seal_text(KeyPart::Personal, context, plain, entropy);
        sealed.map_err(broken)
    }

    /// Opens what was sealed for `context`.
    pub(crate) fn open_personal(&self, context: &str, sealed: &str) -> Result<Vec<u8>, Error> {
        let opened = self.ring().open_text(KeyPart::Personal, context, sealed);
        opened.map_err(broken)
    }
}
