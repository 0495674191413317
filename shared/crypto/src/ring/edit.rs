//! Rings to come. Each is made whole before it takes the place of the one before.

use std::collections::BTreeMap;

use domain::key_ring::{KeyPart, in_use_from};
use domain::rotation::{Occasion, next_start};
use domain::time::DAY;
use domain::{Entropy, UnixTime};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Common, Held, KeyRing, parsed};
use crate::seal::{self, Secret};
use crate::signing::{PublishedKey, SigningKey};
use crate::version::{Version, Versions};
use crate::{Algorithm, CryptoError, derive};

/// What the seal of a ring that has no parts is bound to.
const WHOLE_RING: &str = "postern key ring";

/// Seconds from the splitting of a ring until its parts have secrets of their own: time to
/// deploy the functions that know parts.
const AFTER_SPLITTING: u64 = DAY;

/// A key that was added to a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedKey {
    /// Its name.
    pub kid: String,
    /// From when on it signs.
    pub signs_from: UnixTime,
}

/// A ring without parts, as it was sealed.
#[derive(Deserialize)]
struct Whole {
    signing: Vec<SigningKey>,
    refresh: Secret,
    pepper: Secret,
    sealing: Secret,
    #[serde(default = "never")]
    not_before: UnixTime,
}

const fn never() -> UnixTime {
    UnixTime(0)
}

impl KeyRing {
    /// A ring of fresh keys.
    ///
    /// # Errors
    /// [`CryptoError::Generation`] if the machine cannot make a key.
    pub fn generate(
        algorithm: Algorithm,
        entropy: &dyn Entropy,
        now: UnixTime,
    ) -> Result<Self, CryptoError> {
        let key = SigningKey::generate(algorithm, now)?;
        let common = Common {
            published: vec![key.published.clone()],
            not_before: never(),
            lookup: seal::fresh_secret(entropy),
        };
        let renewable = KeyPart::ALL.into_iter().filter(|part| part.is_renewable());
        let secrets = renewable.map(|part| (part, Versions::fresh(entropy)));
        let private = BTreeMap::from([(key.published.kid, key.private)]);
        Self::assemble(common, Some(private), secrets.collect(), now)
    }

    /// The parts of a ring that has none, as an earlier version of this service sealed it.
    /// What it made stays good. A day later each part goes on with a secret of its own.
    ///
    /// # Errors
    /// [`CryptoError::Seal`] for another data key, [`CryptoError::Ring`] if what it sealed
    /// is no ring.
    pub fn split(
        sealed: &[u8],
        data_key: &Secret,
        entropy: &dyn Entropy,
        now: UnixTime,
    ) -> Result<Self, CryptoError> {
        let plain = Zeroizing::new(seal::open(data_key, WHOLE_RING, sealed)?);
        let Whole {
            signing,
            refresh,
            pepper,
            sealing,
            not_before,
        } = parsed(&plain)?;
        let realtime = Secret::new(derive::derive(&pepper, "realtime secret", &[]));
        let own_from = now.plus(AFTER_SPLITTING);
        let with_own = |zero| Versions::of(zero).with_fresh(own_from, entropy);
        let pepper_and_sealing = Version::zero(pepper.clone(), Some(sealing.clone()));
        let secrets = BTreeMap::from([
            (KeyPart::Refresh, Versions::of(Version::zero(refresh, None))),
            (
                KeyPart::Codes,
                with_own(Version::zero(pepper.clone(), None)),
            ),
            (KeyPart::Factors, with_own(pepper_and_sealing)),
            (
                KeyPart::Personal,
                with_own(Version::zero(sealing.clone(), Some(sealing))),
            ),
            (
                KeyPart::Pictures,
                with_own(Version::zero(pepper.clone(), None)),
            ),
            // The realtime server has been told this one.
            (
                KeyPart::Realtime,
                Versions::of(Version::zero(realtime, None)),
            ),
        ]);
        let published = signing.iter().map(|key| key.published.clone()).collect();
        let private = signing
            .into_iter()
            .map(|key| (key.published.kid, key.private));
        let common = Common {
            published,
            not_before,
            lookup: pepper,
        };
        Self::assemble(common, Some(private.collect()), secrets, now)
    }

    /// The ring with one more signing key, if `domain::rotation` wants one made at
    /// `now`, and without those whose overlap is over.
    ///
    /// # Errors
    /// [`CryptoError::Generation`] if the machine cannot make a key.
    pub fn rotated(
        &self,
        algorithm: Algorithm,
        occasion: Occasion,
        now: UnixTime,
    ) -> Result<Option<(Self, AddedKey)>, CryptoError> {
        let keys = self.keys();
        let Some(signs_from) = next_start(&keys.starts(), occasion, now) else {
            return Ok(None);
        };
        let made = signing_from(SigningKey::generate(algorithm, now)?, signs_from);
        let added = AddedKey {
            kid: made.published.kid.clone(),
            signs_from,
        };
        let kept = keys.published(now).map(|key| key.published.clone());
        let rotated = self.with_keys(kept.collect(), Some(made))?;
        Ok(Some((rotated, added)))
    }

    /// The ring without the key `kid`, whose tokens are good no more. If that key signs at
    /// `now`, the one that waits for its time takes over at once, or a fresh one of its kind
    /// where none waits: never one that was retired. `None` if there is no such key.
    ///
    /// The successor signs from when on the revoked key did. Otherwise a clock that is ahead
    /// of others, or a token that is dated a moment ago, would find none but a retired key.
    ///
    /// # Errors
    /// [`CryptoError::Generation`] if the machine cannot make a key.
    pub fn without_key(&self, kid: &str, now: UnixTime) -> Result<Option<Self>, CryptoError> {
        let mut kept = self.held().common.published.clone();
        kept.sort_by_key(PublishedKey::start);
        let Some(at) = kept.iter().position(|key| key.kid == kid) else {
            return Ok(None);
        };
        let revoked = kept.remove(at);
        let mut made = None;
        if self.current_kid(now) == kid {
            if at < kept.len() {
                let next = kept.remove(at);
                kept.push(next.signing_from(revoked.start()));
            } else {
                let next = SigningKey::generate(revoked.algorithm, now)?;
                made = Some(signing_from(next, revoked.start()));
            }
        }
        self.with_keys(kept, made).map(Some)
    }

    /// The ring for which everything that began at `now` or earlier has ended: sessions,
    /// sign-ins that wait, and tokens that have no session. What was ended once stays ended,
    /// also for a clock that is behind.
    ///
    /// # Errors
    /// [`CryptoError::Ring`], which no ring that was opened meets.
    pub fn ending_all(&self, now: UnixTime) -> Result<Self, CryptoError> {
        let held = self.held();
        let common = Common {
            not_before: now.max(held.common.not_before),
            ..held.common.clone()
        };
        Self::assemble(common, held.private.clone(), held.secrets.clone(), held.at)
    }

    /// The ring with a fresh secret for `part`, and from when on that is used: the one
    /// before is kept for what it made. `None` for a part that has no such secret.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] for a part that is not at hand.
    pub fn renewed(
        &self,
        part: KeyPart,
        entropy: &dyn Entropy,
        now: UnixTime,
    ) -> Result<Option<(Self, UnixTime)>, CryptoError> {
        if !part.is_renewable() {
            return Ok(None);
        }
        let versions = self.versions(&self.held(), part)?.clone();
        let from = in_use_from(now);
        let renewed = self.with_versions(part, versions.with_fresh(from, entropy))?;
        Ok(Some((renewed, from)))
    }

    /// The ring without a version of the secret of `part`, whatever it made. `None` if
    /// there is no such version, or no later one has been in use for
    /// [long enough](KeyPart::kept_for).
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] for a part that is not at hand.
    pub fn without_version(
        &self,
        part: KeyPart,
        number: u32,
        now: UnixTime,
    ) -> Result<Option<Self>, CryptoError> {
        let then = now.minus(part.kept_for());
        let kept = self.versions(&self.held(), part)?.without(number, then);
        kept.map(|kept| self.with_versions(part, kept)).transpose()
    }

    fn with_versions(&self, part: KeyPart, versions: Versions) -> Result<Self, CryptoError> {
        let Held {
            common,
            private,
            mut secrets,
            at,
            ..
        } = Held::clone(&self.held());
        secrets.insert(part, versions);
        Self::assemble(common, private, secrets, at)
    }

    /// The ring with these signing keys, and a fresh one beside them.
    fn with_keys(
        &self,
        mut published: Vec<PublishedKey>,
        made: Option<SigningKey>,
    ) -> Result<Self, CryptoError> {
        let held = self.held();
        let not_held = CryptoError::NotHeld(KeyPart::Signing);
        let mut private = held.private.clone().ok_or(not_held)?;
        if let Some(SigningKey {
            published: public,
            private: half,
        }) = made
        {
            private.insert(public.kid.clone(), half);
            published.push(public);
        }
        private.retain(|kid, _| published.iter().any(|key| key.kid == *kid));
        let common = Common {
            published,
            ..held.common.clone()
        };
        Self::assemble(common, Some(private), held.secrets.clone(), held.at)
    }
}

fn signing_from(key: SigningKey, start: UnixTime) -> SigningKey {
    SigningKey {
        published: key.published.signing_from(start),
        ..key
    }
}
