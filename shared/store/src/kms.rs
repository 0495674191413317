//! KMS, which wraps data keys and never gives its own away.

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;

use crate::StoreError;

/// What every wrapping names with its purpose (the encryption context), so that a role can
/// be given the data keys of one purpose and of no other.
const PURPOSE: &str = "purpose";

/// A KMS key.
#[derive(Clone)]
pub struct Kms {
    client: Client,
    key_id: String,
}

impl Kms {
    /// The key of that id, ARN or alias.
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, key_id: &str) -> Self {
        Self {
            client: Client::new(config),
            key_id: key_id.to_owned(),
        }
    }

    /// A fresh 256-bit data key for a purpose: plain, and wrapped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if KMS refuses or does not answer.
    pub async fn generate_data_key(&self, purpose: &str) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
        let answer = self
            .client
            .generate_data_key()
            .key_id(&self.key_id)
            .key_spec(DataKeySpec::Aes256)
            .encryption_context(PURPOSE, purpose)
            .send()
            .await
            .map_err(|e| StoreError::call("GenerateDataKey", &e))?;
        let bytes = |blob: Option<Blob>| blob.map(Blob::into_inner).unwrap_or_default();
        Ok((bytes(answer.plaintext), bytes(answer.ciphertext_blob)))
    }

    /// The data key that was wrapped for a purpose.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if KMS refuses or does not answer.
    pub async fn unwrap(&self, purpose: &str, wrapped: &[u8]) -> Result<Vec<u8>, StoreError> {
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key_id)
            .ciphertext_blob(Blob::new(wrapped))
            .encryption_context(PURPOSE, purpose)
            .send()
            .await
            .map_err(|e| StoreError::call("Decrypt", &e))?;
        Ok(answer.plaintext.map(Blob::into_inner).unwrap_or_default())
    }
}
