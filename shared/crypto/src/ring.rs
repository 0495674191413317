//! The key ring: every key that one installation signs, seals and derives with.
//!
//! It is one value with one owner, the row in the table. There it is sealed
//! under a data key that KMS wraps, so a dump of the table, even with the code
//! beside it, holds nothing that signs anybody in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Entropy, UnixTime};
use serde::{Deserialize, Serialize};

use crate::seal::{self, Secret};
use crate::signing::SigningKey;
use crate::token::{self, Checker, Signer};
use crate::{Algorithm, CryptoError, derive};

/// What the ring's own seal is bound to.
const RING_CONTEXT: &str = "postern key ring";

/// The keys of an installation, ready for use.
pub struct KeyRing {
    stored: Stored,
    pub(crate) signer: Signer,
    pub(crate) checkers: Vec<Checker>,
}

/// The ring as it is sealed. The first signing key is the one in force.
#[derive(Serialize, Deserialize)]
struct Stored {
    signing: Vec<SigningKey>,
    refresh: Secret,
    pepper: Secret,
    sealing: Secret,
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
        })
    }

    /// The ring as it may be stored: sealed under `data_key`.
    ///
    /// # Errors
    /// [`CryptoError::Seal`], which no ring of sane size meets.
    pub fn seal(&self, data_key: &Secret, entropy: &dyn Entropy) -> Result<Vec<u8>, CryptoError> {
        let plain = zeroize::Zeroizing::new(
            serde_json::to_vec(&self.stored).map_err(|_| CryptoError::Seal)?,
        );
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
        let current = stored.signing.first().ok_or(CryptoError::Ring)?;
        let signer = Signer::new(current)?;
        let checkers = stored
            .signing
            .iter()
            .map(Checker::new)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            stored,
            signer,
            checkers,
        })
    }

    /// The key id that tokens are signed with now.
    #[must_use]
    pub fn current_kid(&self) -> &str {
        self.stored
            .signing
            .first()
            .map_or("", |key| key.kid.as_str())
    }

    /// When the key in force was made.
    #[must_use]
    pub fn current_since(&self) -> Option<UnixTime> {
        self.stored.signing.first().map(|key| key.created_at)
    }

    pub(crate) fn pepper(&self) -> &Secret {
        &self.stored.pepper
    }

    pub(crate) fn refresh_key(&self) -> &[u8] {
        self.stored.refresh.as_ref()
    }

    /// The name of the refresh token of one generation of a session: the same
    /// each time it is asked for, so that a replaced token's successor can be
    /// answered twice without having been stored.
    #[must_use]
    pub fn refresh_jti(&self, session: uuid::Uuid, generation: u64) -> String {
        let parts: [&[u8]; 2] = [session.as_bytes(), &generation.to_be_bytes()];
        token::hex(&derive::derive(&self.stored.refresh, "refresh jti", &parts))
    }

    /// The four digits that belong to a code row's nonce for an address.
    #[must_use]
    pub fn email_code(&self, address: &str, nonce: &str) -> String {
        let derived = derive::derive(
            &self.stored.pepper,
            "e-mail code",
            &[address.as_bytes(), nonce.as_bytes()],
        );
        derive::digits(&derived, 4)
    }

    /// The PKCE verifier (RFC 7636) of a departure to a provider, and its S256
    /// challenge. Made again from the state when somebody comes back with it, so
    /// that neither has to be stored.
    #[must_use]
    pub fn pkce(&self, state: &str) -> (String, String) {
        let derived = derive::derive(&self.stored.pepper, "pkce verifier", &[state.as_bytes()]);
        let verifier = URL_SAFE_NO_PAD.encode(derived);
        let challenge = derive::token_hash(&verifier);
        (verifier, challenge)
    }

    /// A mark that recognises `value` for `owner` without telling what it is.
    #[must_use]
    pub fn mark(&self, label: &str, owner: &[u8], value: &str) -> String {
        derive::mark(&derive::derive(
            &self.stored.pepper,
            label,
            &[owner, value.as_bytes()],
        ))
    }

    /// The whole digest by which a secret of somebody's is found again.
    #[must_use]
    pub fn fingerprint(&self, label: &str, secret: &str) -> String {
        derive::fingerprint(&derive::derive(
            &self.stored.pepper,
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
        seal::seal_text(&self.stored.sealing, context, plain, entropy)
    }

    /// Opens what [`KeyRing::seal_text`] made.
    ///
    /// # Errors
    /// As [`seal::open`].
    pub fn open_text(&self, context: &str, sealed: &str) -> Result<Vec<u8>, CryptoError> {
        seal::open_text(&self.stored.sealing, context, sealed)
    }
}

/// Debug output ends up in logs: it says that there is a ring, not what is on it.
impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing")
            .field("kid", &self.current_kid())
            .finish_non_exhaustive()
    }
}
