//! The key ring: every key that one installation signs, seals and derives with.
//!
//! It lies in one row of the table, in [parts](KeyPart). Each is sealed under a data key
//! of its own, which KMS wraps: a dump of the table, even with the code beside it, holds
//! nothing that an attacker could sign in with, and a function opens the parts that its
//! role may unwrap. What asks for another part fails.
//!
//! | module | what it does |
//! |---|---|
//! | [`derived`] | what is made from the ring: codes, digests, seals |
//! | [`edit`] | rings to come: fresh, rotated, renewed, split |

mod derived;
mod edit;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::key_ring::{KeyPart, KeyParts};
use domain::{Entropy, UnixTime};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::CryptoError;
use crate::keys::{Key, Keys};
use crate::seal::{self, Secret};
use crate::signing::{Jwk, PrivateHalf, PublishedKey};
use crate::token::Signer;
use crate::version::{Version, Versions};

pub use edit::AddedKey;

/// The keys of an installation, as far as its holder may use them. Cheap to clone: all
/// clones go on with the keys that one of them [adopts](KeyRing::adopt).
#[derive(Clone)]
pub struct KeyRing {
    held: Arc<RwLock<Arc<Held>>>,
    parts: KeyParts,
}

/// The parts at hand.
#[derive(Clone)]
struct Held {
    common: Common,
    private: Option<BTreeMap<String, PrivateHalf>>,
    secrets: BTreeMap<KeyPart, Versions>,
    /// The signing keys, parsed once, so that no request does.
    keys: Arc<Keys>,
    /// When the ring was read: the versions of that instant are in use until it is read
    /// again, which is before functions that know no other could meet what they make.
    at: UnixTime,
}

/// The part that every function holds, as it is sealed.
#[derive(Clone, Serialize, Deserialize)]
struct Common {
    published: Vec<PublishedKey>,
    /// When an operator ended all sign-ins for the last time.
    not_before: UnixTime,
    /// What rows are found by.
    lookup: Secret,
}

impl KeyRing {
    /// The ring of these parts, each with its data key, as it was read at `now`.
    ///
    /// # Errors
    /// [`CryptoError::Seal`] for another data key, [`CryptoError::Ring`] if what
    /// it sealed is no part of a ring, or if the one part is not there that all hold.
    pub fn open<'a>(
        sealed: impl IntoIterator<Item = (KeyPart, &'a [u8], Secret)>,
        now: UnixTime,
    ) -> Result<Self, CryptoError> {
        let (mut common, mut private, mut secrets) = (None, None, BTreeMap::new());
        for (part, sealed, data_key) in sealed {
            let plain = Zeroizing::new(seal::open(&data_key, &part.purpose(), sealed)?);
            match part {
                KeyPart::Common => common = Some(parsed(&plain)?),
                KeyPart::Signing => private = Some(parsed(&plain)?),
                other => drop(secrets.insert(other, parsed(&plain)?)),
            }
        }
        Self::assemble(common.ok_or(CryptoError::Ring)?, private, secrets, now)
    }

    fn assemble(
        common: Common,
        private: Option<BTreeMap<String, PrivateHalf>>,
        secrets: BTreeMap<KeyPart, Versions>,
        at: UnixTime,
    ) -> Result<Self, CryptoError> {
        let published = common.published.clone();
        let keys = Keys::parse(published, private.as_ref(), common.not_before)?;
        let held = Held {
            common,
            private,
            secrets,
            keys: Arc::new(keys),
            at,
        };
        Ok(Self {
            held: Arc::new(RwLock::new(Arc::new(held))),
            parts: KeyParts::ALL,
        })
    }

    /// A part as it may be stored: sealed under `data_key`.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] for a part that is not at hand.
    pub fn seal(
        &self,
        part: KeyPart,
        data_key: &Secret,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, CryptoError> {
        let held = self.held();
        let not_held = CryptoError::NotHeld(part);
        let plain = match part {
            KeyPart::Common => serde_json::to_vec(&held.common),
            KeyPart::Signing => serde_json::to_vec(held.private.as_ref().ok_or(not_held)?),
            other => serde_json::to_vec(held.secrets.get(&other).ok_or(not_held)?),
        };
        let plain = Zeroizing::new(plain.map_err(|_| CryptoError::Seal)?);
        seal::seal(data_key, &part.purpose(), &plain, entropy)
    }

    /// The same ring for a holder who may use no other than these parts.
    #[must_use]
    pub fn limited_to(&self, parts: KeyParts) -> Self {
        Self {
            held: self.held.clone(),
            parts: self.parts.and(parts),
        }
    }

    /// Goes on with the keys of `fresh`, the same ring read again.
    pub fn adopt(&self, fresh: &Self) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = fresh.held();
    }

    fn held(&self) -> Arc<Held> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    /// The signing keys as they are now.
    pub(crate) fn keys(&self) -> Arc<Keys> {
        self.held().keys.clone()
    }

    /// What signs a token that is made at `made`.
    pub(crate) fn signer<'a>(
        &self,
        keys: &'a Keys,
        made: UnixTime,
    ) -> Result<&'a Signer, CryptoError> {
        let not_held = CryptoError::NotHeld(KeyPart::Signing);
        let key: Option<&Key> = keys.in_force(made);
        let signer = key.and_then(|key| key.signer.as_ref());
        let held = signer.filter(|_| self.parts.holds(KeyPart::Signing));
        held.ok_or(not_held)
    }

    /// The versions of a part's secret.
    fn versions<'h>(&self, held: &'h Held, part: KeyPart) -> Result<&'h Versions, CryptoError> {
        let versions = held.secrets.get(&part);
        let versions = versions.filter(|_| self.parts.holds(part));
        versions.ok_or(CryptoError::NotHeld(part))
    }

    /// The version of a part's secret that new things are made with.
    pub(crate) fn in_use(&self, part: KeyPart) -> Result<Version, CryptoError> {
        let held = self.held();
        let in_use = self.versions(&held, part)?.in_use(held.at);
        in_use.cloned().ok_or(CryptoError::NotHeld(part))
    }

    /// The version `number` of a part's secret, if it is at hand.
    pub(crate) fn version(&self, part: KeyPart, number: u32) -> Option<Version> {
        let held = self.held();
        self.versions(&held, part).ok()?.named(number).cloned()
    }

    /// The versions of a part's secret, the oldest first, and from when on each is used.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] for a part that is not at hand.
    pub fn listed(&self, part: KeyPart) -> Result<Vec<(u32, UnixTime)>, CryptoError> {
        Ok(self.versions(&self.held(), part)?.listed())
    }

    /// The instant at which everything was ended for the last time; zero for never.
    #[must_use]
    pub fn ended_at(&self) -> UnixTime {
        self.keys().not_before
    }

    /// The public keys that tokens may be verified with at `now` or soon: retired
    /// ones within their overlap, the one in force, the one to come.
    #[must_use]
    pub fn published(&self, now: UnixTime) -> Vec<Jwk> {
        let keys = self.keys();
        keys.published(now).map(|key| key.published.jwk()).collect()
    }

    /// The key id that tokens are signed with at `now`.
    #[must_use]
    pub fn current_kid(&self, now: UnixTime) -> String {
        let keys = self.keys();
        let current = keys.in_force(now);
        current.map_or_else(String::new, |key| key.published.kid.clone())
    }

    /// When that key was made.
    #[must_use]
    pub fn current_since(&self, now: UnixTime) -> Option<UnixTime> {
        let keys = self.keys();
        keys.in_force(now).map(|key| key.published.created_at)
    }
}

fn parsed<T: for<'a> Deserialize<'a>>(plain: &[u8]) -> Result<T, CryptoError> {
    serde_json::from_slice(plain).map_err(|_| CryptoError::Ring)
}

/// Debug output ends up in logs: it says that there is a ring, not what is on it.
impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").finish_non_exhaustive()
    }
}
