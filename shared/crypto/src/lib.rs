//! Everything that touches a key: signing and checking tokens, deriving codes,
//! sealing what must be stored but not read.
//!
//! All of it rests on one library, aws-lc-rs, which the SDK's TLS links anyway;
//! tokens are made by `jsonwebtoken` on the same backend. The keys live in a
//! [`KeyRing`], which is stored sealed under a data key that only KMS (or, on a
//! laptop, a local file) can unwrap. This crate does no I/O: it gets bytes and
//! gives bytes.

pub mod client_assertion;
pub mod client_secret;
pub mod derive;
pub mod error;
pub mod id_token;
mod keys;
pub mod password;
mod private_key;
mod realtime;
pub mod ring;
pub mod seal;
mod signing;
mod system;
mod token;
pub mod totp;
mod unnamed;
mod version;

pub use error::CryptoError;
pub use realtime::sign_connection;
pub use ring::{AddedKey, KeyRing};
pub use signing::{Algorithm, Jwk, PublicKey};
pub use system::SystemEntropy;
