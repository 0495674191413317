//! Wrapping of data keys: by KMS, or on a local stack by a file.
//!
//! Each data key is wrapped for a purpose, which KMS compares: who may unwrap those of one
//! purpose may unwrap none of another.

use std::path::Path;

use crypto::CryptoError;
use crypto::seal::{self, Secret};
use domain::key_ring::KeyPart;
use domain::secret::SecretName;
use domain::{Entropy, Error};
use store::Kms;

use crate::settings::Wrapping;
use crate::{Aws, Settings, broken};

/// What a data key is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// A part of the key ring.
    KeyPart(KeyPart),
    /// A key ring that has no parts, as an earlier version of this service made it.
    WholeKeyRing,
    /// One of the installation's secrets.
    Secret(SecretName),
}

impl Purpose {
    /// As KMS, and the template's policies, call it.
    fn in_kms(self) -> String {
        match self {
            Self::KeyPart(part) => part.purpose(),
            Self::WholeKeyRing => "postern-key-ring".to_owned(),
            Self::Secret(name) => format!("postern-secret-{}", name.name()),
        }
    }

    /// As the seal of a file calls it.
    fn in_file(self) -> String {
        match self {
            Self::WholeKeyRing => "postern local data key".to_owned(),
            Self::KeyPart(_) | Self::Secret(_) => self.in_kms(),
        }
    }
}

/// What wraps data keys.
pub(crate) enum Wrapper {
    Kms(Kms),
    File(Secret),
}

impl Wrapper {
    pub(crate) fn new(settings: &Settings, aws: &Aws) -> Result<Self, Error> {
        match &settings.wrapping {
            Wrapping::Kms(key_id) => Ok(Self::Kms(Kms::new(&aws.kms, key_id))),
            Wrapping::File(path) => read(path).map(Self::File),
        }
    }

    pub(crate) async fn generate(
        &self,
        purpose: Purpose,
        entropy: &dyn Entropy,
    ) -> Result<(Secret, Vec<u8>), Error> {
        match self {
            Self::Kms(kms) => {
                let (plain, wrapped) = kms.generate_data_key(&purpose.in_kms()).await?;
                Ok((secret(&plain)?, wrapped))
            }
            Self::File(key) => {
                let plain = seal::fresh_secret(entropy);
                let wrapped =
                    seal::seal(key, &purpose.in_file(), plain.as_ref(), entropy).map_err(broken)?;
                Ok((plain, wrapped))
            }
        }
    }

    pub(crate) async fn unwrap(&self, purpose: Purpose, wrapped: &[u8]) -> Result<Secret, Error> {
        match self {
            Self::Kms(kms) => secret(&kms.unwrap(&purpose.in_kms(), wrapped).await?),
            Self::File(key) => {
                secret(&seal::open(key, &purpose.in_file(), wrapped).map_err(broken)?)
            }
        }
    }
}

fn read(path: &Path) -> Result<Secret, Error> {
    let bytes = std::fs::read(path).map_err(|error| {
        Error::Internal(format!("POSTERN_KEY_FILE {}: {error}", path.display()))
    })?;
    secret(&bytes)
}

fn secret(bytes: &[u8]) -> Result<Secret, Error> {
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| broken(CryptoError::Ring))?;
    Ok(Secret::new(bytes))
}
