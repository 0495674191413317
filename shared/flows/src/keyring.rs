//! Opening the key ring, and making it on first need.
//!
//! Whoever comes first makes it: any function that starts against a table
//! without a ring makes one and puts it there on condition that there still is
//! none. Of several, one wins; the others drop theirs and read the winner's.

use std::path::Path;

use crypto::seal::{self, Secret};
use crypto::{CryptoError, KeyRing};
use domain::{Entropy, Error, UnixTime};
use store::{Kms, Store, StoredRing};

use crate::settings::Wrapping;
use crate::{Aws, Settings, broken};

const FILE_CONTEXT: &str = "postern local data key";

pub(crate) async fn load_or_make(
    store: &Store,
    settings: &Settings,
    aws: &Aws,
    now: UnixTime,
    entropy: &dyn Entropy,
) -> Result<KeyRing, Error> {
    let wrapper = Wrapper::new(settings, aws)?;
    if let Some(stored) = store.keyring().await? {
        return open(&stored, &wrapper).await;
    }
    let ring = KeyRing::generate(settings.algorithm, entropy, now).map_err(broken)?;
    let (data_key, wrapped) = wrapper.generate(entropy).await?;
    let sealed = ring.seal(&data_key, entropy).map_err(broken)?;
    if store
        .create_keyring(&StoredRing {
            wrapped,
            sealed,
            created_at: now,
        })
        .await?
    {
        return Ok(ring);
    }
    let stored = store.keyring().await?;
    open(
        &stored.ok_or_else(|| Error::Internal("the key ring vanished".to_owned()))?,
        &wrapper,
    )
    .await
}

async fn open(stored: &StoredRing, wrapper: &Wrapper) -> Result<KeyRing, Error> {
    let data_key = wrapper.unwrap(&stored.wrapped).await?;
    KeyRing::open(&stored.sealed, &data_key).map_err(broken)
}

/// What wraps the data key.
enum Wrapper {
    Kms(Kms),
    File(Secret),
}

impl Wrapper {
    fn new(settings: &Settings, aws: &Aws) -> Result<Self, Error> {
        match &settings.wrapping {
            Wrapping::Kms(key_id) => Ok(Self::Kms(Kms::new(&aws.kms, key_id))),
            Wrapping::File(path) => read(path).map(Self::File),
        }
    }

    async fn generate(&self, entropy: &dyn Entropy) -> Result<(Secret, Vec<u8>), Error> {
        match self {
            Self::Kms(kms) => {
                let (plain, wrapped) = kms.generate_data_key().await?;
                Ok((secret(&plain)?, wrapped))
            }
            Self::File(key) => {
                let plain = seal::fresh_secret(entropy);
                let wrapped =
                    seal::seal(key, FILE_CONTEXT, plain.as_ref(), entropy).map_err(broken)?;
                Ok((plain, wrapped))
            }
        }
    }

    async fn unwrap(&self, wrapped: &[u8]) -> Result<Secret, Error> {
        match self {
            Self::Kms(kms) => secret(&kms.unwrap(wrapped).await?),
            Self::File(key) => secret(&seal::open(key, FILE_CONTEXT, wrapped).map_err(broken)?),
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
