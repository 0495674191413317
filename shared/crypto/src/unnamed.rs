//! Sealing what lies outside the table so that the table can make it unreadable.
//!
//! The name under which an object lies and the key that it is sealed under are
//! both derived from the ring and a random id, and neither leads back to it. The
//! id stands in one row. Once that row is gone, even a holder of the ring and the object
//! cannot tell whose the object was or open it (NIST SP 800-88, cryptographic erase);
//! whether and when the object itself is removed is tidiness.

use domain::Entropy;
use domain::key_ring::KeyPart;
use uuid::Uuid;

use crate::seal::{self, Secret};
use crate::version::Version;
use crate::{CryptoError, KeyRing, derive};

/// What an object begins with that says with which version it was sealed. One that was
/// sealed before there were versions begins with random bytes: with these, once in 2^64.
const MARK: [u8; 8] = *b"\0postern";

impl KeyRing {
    /// The name of the object that belongs to `id`, told apart by its use.
    #[must_use]
    pub fn object_name(&self, purpose: &str, id: Uuid) -> String {
        let name = ["name of", purpose].join(" ");
        derive::fingerprint(&self.looked_up(&name, &[id.as_bytes()]))
    }

    /// Seals the object that belongs to `id`.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] where no pictures are made; as [`seal::seal`].
    pub fn seal_object(
        &self,
        purpose: &str,
        id: Uuid,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, CryptoError> {
        let version = self.in_use(KeyPart::Pictures)?;
        let sealed = seal::seal(&object_key(&version, purpose, id), purpose, plain, entropy)?;
        let number = version.number.to_be_bytes();
        Ok(match version.number {
            0 => sealed,
            _ => [MARK.as_slice(), &number, &sealed].concat(),
        })
    }

    /// Opens what [`KeyRing::seal_object`] made for `id`.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] where no pictures are shown, or for a version that was
    /// retired; as [`seal::open`].
    pub fn open_object(
        &self,
        purpose: &str,
        id: Uuid,
        sealed: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let (number, sealed) = version_of(sealed);
        let version = self.version(KeyPart::Pictures, number);
        let version = version.ok_or(CryptoError::NotHeld(KeyPart::Pictures))?;
        seal::open(&object_key(&version, purpose, id), purpose, sealed)
    }

    /// Whether an object was sealed with the version that is in use.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] where no pictures are made.
    pub fn is_object_anew(&self, sealed: &[u8]) -> Result<bool, CryptoError> {
        Ok(self.in_use(KeyPart::Pictures)?.number == version_of(sealed).0)
    }
}

fn object_key(version: &Version, purpose: &str, id: Uuid) -> Secret {
    let key = ["key of", purpose].join(" ");
    Secret::new(derive::derive(&version.secret, &key, &[id.as_bytes()]))
}

/// The version that an object says it was sealed with, and what was sealed.
fn version_of(object: &[u8]) -> (u32, &[u8]) {
    let marked = object.strip_prefix(&MARK);
    let marked = marked.and_then(|rest| rest.split_first_chunk());
    marked.map_or((0, object), |(number, sealed)| {
        (u32::from_be_bytes(*number), sealed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, SystemEntropy};
    use domain::UnixTime;

    #[test]
    fn an_object_opens_for_its_id_alone_and_its_name_is_another_thing() {
        let ring = KeyRing::generate(Algorithm::EdDSA, &SystemEntropy, UnixTime(0)).unwrap();
        let (id, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = ring.seal_object("picture", id, b"pixels", &SystemEntropy);
        let sealed = sealed.unwrap();
        assert_eq!(ring.open_object("picture", id, &sealed).unwrap(), b"pixels");
        for (purpose, id) in [("picture", other), ("letter", id)] {
            assert!(ring.open_object(purpose, id, &sealed).is_err());
            assert_ne!(
                ring.object_name(purpose, id),
                ring.object_name("picture", Uuid::from_u128(1))
            );
        }
        let name = ring.object_name("picture", id);
        assert!(!name.contains(&id.simple().to_string()) && name.len() == 43);
    }
}
