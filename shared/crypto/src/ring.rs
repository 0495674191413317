//! The key ring: every key that one installation signs, seals and derives with.
//!
//! It is one value with one owner, the row in the table. There it is sealed
//! under a data key that KMS wraps, so a dump of the table, even with the code
//! beside it, holds nothing that an attacker could sign in with.

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::rotation::{Occasion, next_start};
use domain::{Entropy, UnixTime};
use serde::{Deserialize, Serialize};

use crate::keys::Keys;
use crate::seal::{self, Secret};
use crate::signing::{Jwk, SigningKey};
use crate::{Algorithm, CryptoError, derive, token};

/// What the ring's own seal is bound to.
const RING_CONTEXT: &str = "postern key ring";

/// The keys of an installation, ready for use.
///
/// The signing keys change while it is in use ([`KeyRing::adopt`]); everything
/// else on it is for ever.
pub struct KeyRing {
    secrets: Secrets,
    keys: RwLock<Arc<Keys>>,
}

/// What never changes, since stored rows were made with it.
#[derive(Clone)]
struct Secrets {
    refresh: Secret,
    pepper: Secret,
    sealing: Secret,
}

/// The ring as it is sealed.
#[derive(Serialize, Deserialize)]
struct Stored {
    signing: Vec<SigningKey>,
    refresh: Secret,
    pepper: Secret,
    sealing: Secret,
    /// When an operator ended all sign-ins for the last time.
    #[serde(default = "never")]
    not_before: UnixTime,
}

const fn never() -> UnixTime {
    UnixTime(0)
}

impl Stored {
    fn new(signing: Vec<SigningKey>, secrets: Secrets, not_before: UnixTime) -> Self {
        let Secrets {
            refresh,
            pepper,
            sealing,
        } = secrets;
        Self {
            signing,
            refresh,
            pepper,
            sealing,
            not_before,
        }
    }
}

/// A key that was added to a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedKey {
    /// Its name.
    pub kid: String,
    /// From when on it signs.
    pub signs_from: UnixTime,
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
        Self::assemble(Stored {
            signing: vec![SigningKey::generate(algorithm, now)?],
            refresh: seal::fresh_secret(entropy),
            pepper: seal::fresh_secret(entropy),
            sealing: seal::fresh_secret(entropy),
            not_before: never(),
        })
    }

    /// The ring as it may be stored: sealed under `data_key`.
    ///
    /// # Errors
    /// [`CryptoError::Seal`], which no ring of sane size meets.
    pub fn seal(&self, data_key: &Secret, entropy: &dyn Entropy) -> Result<Vec<u8>, CryptoError> {
        let keys = self.keys();
        let signing = keys.stored().cloned().collect();
        let stored = Stored::new(signing, self.secrets.clone(), keys.not_before);
        let plain =
            zeroize::Zeroizing::new(serde_json::to_vec(&stored).map_err(|_| CryptoError::Seal)?);
        seal::seal(data_key, RING_CONTEXT, &plain, entropy)
    }

    /// The ring that [`KeyRing::seal`] stored.
    ///
    /// # Errors
    /// [`CryptoError::Seal`] for another data key, [`CryptoError::Ring`] if what
    /// it sealed is no ring.
    pub fn open(sealed: &[u8], data_key: &Secret) -> Result<Self, CryptoError> {
        let plain = zeroize::Zeroizing::new(seal::open(data_key, RING_CONTEXT, sealed)?);
        Self::assemble(serde_json::from_slice(&plain).map_err(|_| CryptoError::Ring)?)
    }

    /// Parses every key once, so that no request does.
    fn assemble(stored: Stored) -> Result<Self, CryptoError> {
        Ok(Self {
            keys: RwLock::new(Arc::new(Keys::parse(stored.signing, stored.not_before)?)),
            secrets: Secrets {
                refresh: stored.refresh,
                pepper: stored.pepper,
                sealing: stored.sealing,
            },
        })
    }

    /// The signing keys as they are now.
    pub(crate) fn keys(&self) -> Arc<Keys> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.clone()
    }

    /// Goes on with the signing keys of `fresh`, the same ring read again.
    pub fn adopt(&self, fresh: &Self) {
        let keys = fresh.keys();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
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
        let made = SigningKey::generate(algorithm, now)?.signing_from(signs_from);
        let added = AddedKey {
            kid: made.kid.clone(),
            signs_from,
        };
        let kept = keys.published(now).map(|key| key.stored.clone());
        let rotated = self.with_keys(kept.chain([made]).collect(), keys.not_before)?;
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
        let keys = self.keys();
        let mut kept: Vec<SigningKey> = keys.stored().cloned().collect();
        let Some(at) = kept.iter().position(|key| key.kid == kid) else {
            return Ok(None);
        };
        let revoked = kept.remove(at);
        if self.current_kid(now) == kid {
            let next = match at < kept.len() {
                true => kept.remove(at),
                false => SigningKey::generate(revoked.algorithm, now)?,
            };
            kept.push(next.signing_from(revoked.start()));
        }
        self.with_keys(kept, keys.not_before).map(Some)
    }

    /// The ring for which everything that began at `now` or earlier has ended: sessions,
    /// sign-ins that wait, and tokens that have no session. What was ended once stays ended,
    /// also for a clock that is behind.
    ///
    /// # Errors
    /// [`CryptoError::Ring`], which no ring that was opened meets.
    pub fn ending_all(&self, now: UnixTime) -> Result<Self, CryptoError> {
        let keys = self.keys();
        let not_before = now.max(keys.not_before);
        self.with_keys(keys.stored().cloned().collect(), not_before)
    }

    /// The instant at which everything was ended for the last time; zero for never.
    #[must_use]
    pub fn ended_at(&self) -> UnixTime {
        self.keys().not_before
    }

    fn with_keys(
        &self,
        signing: Vec<SigningKey>,
        not_before: UnixTime,
    ) -> Result<Self, CryptoError> {
        Self::assemble(Stored::new(signing, self.secrets.clone(), not_before))
    }

    /// The public keys that tokens may be verified with at `now` or soon: retired
    /// ones within their overlap, the one in force, the one to come.
    #[must_use]
    pub fn published(&self, now: UnixTime) -> Vec<Jwk> {
        let keys = self.keys();
        keys.published(now).map(|key| key.stored.jwk()).collect()
    }

    /// The key id that tokens are signed with at `now`.
    #[must_use]
    pub fn current_kid(&self, now: UnixTime) -> String {
        let keys = self.keys();
        let current = keys.in_force(now);
        current.map_or_else(String::new, |key| key.stored.kid.clone())
    }

    /// When that key was made.
    #[must_use]
    pub fn current_since(&self, now: UnixTime) -> Option<UnixTime> {
        let keys = self.keys();
        keys.in_force(now).map(|key| key.stored.created_at)
    }

    pub(crate) fn pepper(&self) -> &Secret {
        &self.secrets.pepper
    }

    pub(crate) fn refresh_key(&self) -> &[u8] {
        self.secrets.refresh.as_ref()
    }

    /// The name of the refresh token of one generation of a session: the same
    /// each time it is asked for, so that a replaced token's successor can be
    /// answered twice without having been stored.
    #[must_use]
    pub fn refresh_jti(&self, session: uuid::Uuid, generation: u64) -> String {
        let parts: [&[u8]; 2] = [session.as_bytes(), &generation.to_be_bytes()];
        token::jti(&derive::derive(
            &self.secrets.refresh,
            "refresh jti",
            &parts,
        ))
    }

    /// The name of the access token of one generation of a session. Requests that refresh
    /// at one moment get tokens of equal claims.
    #[must_use]
    pub fn access_jti(&self, session: uuid::Uuid, generation: u64) -> String {
        token::jti(&self.of_generation("access jti", session, generation))
    }

    /// What a browser shows beside the cookies of one generation of a session, so that no
    /// other site can use them (OWASP, HMAC-based double-submit cookie).
    #[must_use]
    pub fn csrf_token(&self, session: uuid::Uuid, generation: u64) -> String {
        let derived = self.of_generation("csrf token", session, generation);
        derive::hex(&derived)
    }

    fn of_generation(&self, label: &str, session: uuid::Uuid, generation: u64) -> [u8; 32] {
        let parts: [&[u8]; 2] = [session.as_bytes(), &generation.to_be_bytes()];
        derive::derive(&self.secrets.refresh, label, &parts)
    }

    /// The six digits that prove `contact` as that of the account `sub`, for the nonce of
    /// a code that was sent there (nauth).
    #[must_use]
    pub fn verification_code(&self, sub: uuid::Uuid, contact: &str, nonce: &str) -> String {
        let parts: [&[u8]; 3] = [sub.as_bytes(), contact.as_bytes(), nonce.as_bytes()];
        let derived = derive::derive(&self.secrets.pepper, "verification code", &parts);
        derive::digits(&derived, domain::verification::DIGITS)
    }

    /// The six digits that replace a forgotten password, for the nonce of a code that was
    /// asked for by `name` (nauth).
    #[must_use]
    pub fn reset_code(&self, name: &str, nonce: &str) -> String {
        let parts: [&[u8]; 2] = [name.as_bytes(), nonce.as_bytes()];
        let derived = derive::derive(&self.secrets.pepper, "reset code", &parts);
        derive::digits(&derived, domain::verification::DIGITS)
    }

    /// The four digits that belong to a code row's nonce for an address.
    #[must_use]
    pub fn email_code(&self, address: &str, nonce: &str) -> String {
        let derived = derive::derive(
            &self.secrets.pepper,
            "e-mail code",
            &[address.as_bytes(), nonce.as_bytes()],
        );
        derive::digits(&derived, 4)
    }

    /// The six digits that belong to a code row's nonce for a telephone number.
    #[must_use]
    pub fn phone_code(&self, number: &str, nonce: &str) -> String {
        let derived = derive::derive(
            &self.secrets.pepper,
            "phone code",
            &[number.as_bytes(), nonce.as_bytes()],
        );
        derive::digits(&derived, domain::phone_code::DIGITS)
    }

    /// The PKCE verifier (RFC 7636) of a departure to a provider, and its S256
    /// challenge. Made again from the state when the user comes back with it, so
    /// that neither has to be stored.
    #[must_use]
    pub fn pkce(&self, state: &str) -> (String, String) {
        let derived = derive::derive(&self.secrets.pepper, "pkce verifier", &[state.as_bytes()]);
        let verifier = URL_SAFE_NO_PAD.encode(derived);
        let challenge = derive::token_hash(&verifier);
        (verifier, challenge)
    }

    /// A digest that recognises `value` for `owner` without telling what it is.
    #[must_use]
    pub fn keyed_digest(&self, label: &str, owner: &[u8], value: &str) -> String {
        derive::short_digest(&derive::derive(
            &self.secrets.pepper,
            label,
            &[owner, value.as_bytes()],
        ))
    }

    /// The whole digest by which a caller's secret is found again.
    #[must_use]
    pub fn fingerprint(&self, label: &str, secret: &str) -> String {
        derive::fingerprint(&derive::derive(
            &self.secrets.pepper,
            label,
            &[secret.as_bytes()],
        ))
    }

    /// Seals a value of the table for `context`.
    ///
    /// # Errors
    /// As [`seal::seal`].
    pub fn seal_text(
        &self,
        context: &str,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<String, CryptoError> {
        seal::seal_text(&self.secrets.sealing, context, plain, entropy)
    }

    /// Opens what [`KeyRing::seal_text`] made.
    ///
    /// # Errors
    /// As [`seal::open`].
    pub fn open_text(&self, context: &str, sealed: &str) -> Result<Vec<u8>, CryptoError> {
        seal::open_text(&self.secrets.sealing, context, sealed)
    }
}

/// Debug output ends up in logs: it says that there is a ring, not what is on it.
impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").finish_non_exhaustive()
    }
}
