//! What can go wrong with a key.

use domain::key_ring::KeyPart;

/// A key or a sealed value is not what it should be. Never holds key material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// A key could not be made.
    #[error("key generation failed")]
    Generation,
    /// A sealed value was not sealed by this key for this purpose.
    #[error("the seal does not hold")]
    Seal,
    /// The ring's bytes are not a ring.
    #[error("the key ring cannot be read")]
    Ring,
    /// A part of the ring that this function was not given, or whose version was retired.
    #[error("the part {} of the key ring is not held here", .0.name())]
    NotHeld(KeyPart),
    /// A secret is not one that authenticators share.
    #[error("no authenticator's secret")]
    Authenticator,
    /// A token could not be signed.
    #[error("signing failed")]
    Signing,
}
