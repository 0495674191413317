//! The bucket: what is kept in it, and what may be put there past the API.
//!
//! That of pictures has two prefixes. `pictures/` holds what accounts show, sealed; `staging/` what users have
//! sent and Postern has not checked yet, one object for each account. What the outbox puts
//! aside lies in a bucket of its own.

use std::sync::LazyLock;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;

/// A call that failed. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("S3 {0}")]
pub struct BucketError(String);

/// Permission to put one object: the one request that S3 accepts for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// Where to.
    pub url: String,
    /// Its method.
    pub method: String,
    /// The headers that it must have, since they are signed too. The length is
    /// among them, though browsers write that one by themselves.
    pub headers: Vec<(String, String)>,
}

/// A bucket of an installation.
pub struct Bucket {
    name: String,
    /// Made when it is first used: most instances of most functions never do.
    client: LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>,
}

impl Bucket {
    /// The bucket of that name, reached as `config` says.
    #[must_use]
    pub fn new(config: &SdkConfig, name: &str) -> Self {
        let config = config.clone();
        Self {
            name: name.to_owned(),
            client: LazyLock::new(Box::new(move || Client::new(&config))),
        }
    }

    /// Puts an object.
    ///
    /// # Errors
    /// [`BucketError`] if S3 does not take it.
    pub async fn put(&self, object: &str, bytes: Vec<u8>) -> Result<(), BucketError> {
        let call = self.client.put_object().bucket(&self.name);
        call.key(object)
            .content_type("application/octet-stream")
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map_err(|error| failed("PutObject", &error))?;
        Ok(())
    }

    /// An object, if it is there and has at most `max` bytes.
    ///
    /// # Errors
    /// [`BucketError`] if S3 does not answer, or answers more than that.
    pub async fn get(&self, object: &str, max: usize) -> Result<Option<Vec<u8>>, BucketError> {
        let call = self.client.get_object().bucket(&self.name);
        let answer = match call.key(object).send().await {
            Ok(answer) => answer,
            // Without the right to list, S3 says that a missing object is forbidden.
            Err(error) if matches!(error.code(), Some("NoSuchKey" | "AccessDenied")) => {
                return Ok(None);
            }
            Err(error) => return Err(failed("GetObject", &error)),
        };
        let fits = answer
            .content_length()
            .and_then(|length| usize::try_from(length).ok())
            .is_some_and(|length| length <= max);
        if !fits {
            return Err(BucketError("GetObject: larger than it may be".to_owned()));
        }
        let bytes = answer.body.collect().await;
        let bytes = bytes.map_err(|error| BucketError(format!("GetObject: {error}")))?;
        Ok(Some(bytes.to_vec()))
    }

    /// The names of up to 1,000 objects in their order, after one of them.
    ///
    /// # Errors
    /// [`BucketError`] if S3 does not answer.
    pub async fn list(&self, after: Option<&str>) -> Result<Vec<String>, BucketError> {
        let call = self.client.list_objects_v2().bucket(&self.name);
        let call = call.set_start_after(after.map(str::to_owned)).send();
        let answer = call
            .await
            .map_err(|error| failed("ListObjectsV2", &error))?;
        let objects = answer.contents.unwrap_or_default().into_iter();
        Ok(objects.filter_map(|object| object.key).collect())
    }

    /// Removes an object, if it is there.
    ///
    /// # Errors
    /// [`BucketError`] if S3 does not answer.
    pub async fn remove(&self, object: &str) -> Result<(), BucketError> {
        let call = self.client.delete_object().bucket(&self.name);
        call.key(object)
            .send()
            .await
            .map_err(|error| failed("DeleteObject", &error))?;
        Ok(())
    }

    /// Permission for its holder to put one object of exactly `length` bytes and
    /// this media type, once or more often within `seconds`.
    ///
    /// # Errors
    /// [`BucketError`] if there are no credentials to sign with.
    pub async fn grant_put(
        &self,
        object: &str,
        media_type: &str,
        length: usize,
        seconds: u64,
    ) -> Result<Grant, BucketError> {
        let unsigned = |error: &dyn std::fmt::Display| BucketError(format!("presigning: {error}"));
        let until = PresigningConfig::expires_in(Duration::from_secs(seconds));
        let until = until.map_err(|error| unsigned(&error))?;
        let call = self.client.put_object().bucket(&self.name);
        let request = call
            .key(object)
            .content_type(media_type)
            .content_length(i64::try_from(length).map_err(|error| unsigned(&error))?)
            .presigned(until)
            .await
            .map_err(|error| failed("presigning", &error))?;
        Ok(Grant {
            url: request.uri().to_owned(),
            method: request.method().to_owned(),
            headers: request
                .headers()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        })
    }
}

/// The text has the service's code and message, never an object.
fn failed<E, R>(operation: &str, error: &SdkError<E, R>) -> BucketError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match error.code() {
        Some(code) => BucketError(format!(
            "{operation}: {code}: {}",
            error.message().unwrap_or_default()
        )),
        None => BucketError(format!("{operation}: {error}")),
    }
}
