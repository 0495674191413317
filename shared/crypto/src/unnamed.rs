//! Sealing what lies outside the table so that the table can make it unreadable.
//!
//! The name under which an object lies and the key that it is sealed under are
//! both derived from the ring and a random id, and neither leads back to it. The
//! id stands in one row. Once that row is gone, even a holder of the ring and the object
//! cannot tell whose the object was or open it (NIST SP 800-88, cryptographic erase);
//! whether and when the object itself is removed is tidiness.

use domain::Entropy;
use uuid::Uuid;

use crate::seal::{self, Secret};
use crate::{CryptoError, KeyRing, derive};

impl KeyRing {
    /// The name of the object that belongs to `id`, told apart by its use.
    #[must_use]
    pub fn object_name(&self, purpose: &str, id: Uuid) -> String {
        let name = ["name of", purpose].join(" ");
        derive::fingerprint(&derive::derive(self.pepper(), &name, &[id.as_bytes()]))
    }

    /// Seals the object that belongs to `id`.
    ///
    /// # Errors
    /// As [`seal::seal`].
    pub fn seal_object(
        &self,
        purpose: &str,
        id: Uuid,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, CryptoError> {
        seal::seal(&self.object_key(purpose, id), purpose, plain, entropy)
    }

    /// Opens what [`KeyRing::seal_object`] made for `id`.
    ///
    /// # Errors
    /// As [`seal::open`].
    pub fn open_object(
        &self,
        purpose: &str,
        id: Uuid,
        sealed: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        seal::open(&self.object_key(purpose, id), purpose, sealed)
    }

    fn object_key(&self, purpose: &str, id: Uuid) -> Secret {
        let key = ["key of", purpose].join(" ");
        Secret::new(derive::derive(self.pepper(), &key, &[id.as_bytes()]))
    }
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
