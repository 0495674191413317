//! What can go wrong between us and a table, once retries are used up.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use domain::Error;

/// A failure that no condition explains.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The service did not answer, was busy or refused us.
    #[error("{0}")]
    Unavailable(String),
    /// A row does not read as what it must be.
    #[error("unreadable item: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// A call failed. The text has the service's code and message, never an item.
    pub(crate) fn call<E, R>(operation: &str, error: &SdkError<E, R>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
        R: std::fmt::Debug,
    {
        let text = match error.code() {
            Some(code) => format!(
                "{operation}: {code}: {}",
                error.message().unwrap_or_default()
            ),
            None => format!("{operation}: {}", causes(error)),
        };
        Self::Unavailable(text)
    }

    /// A row or a request cannot be read or built as a `T`. Only the type is
    /// named: serde's own text quotes values.
    pub(crate) fn corrupt<T>() -> Self {
        Self::Corrupt(std::any::type_name::<T>().to_owned())
    }

    /// A row of that kind cannot be read as a `T`. The key itself is not named: it
    /// may hold an address.
    pub(crate) fn unreadable<T>(kind: &str) -> Self {
        Self::Corrupt(format!("{} at {kind}", std::any::type_name::<T>()))
    }
}

/// The outcome of a conditional write: `None` if its condition did not hold.
pub(crate) fn unless_refused<T, E, R>(
    operation: &str,
    outcome: Result<T, SdkError<E, R>>,
) -> Result<Option<T>, StoreError>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
        Err(error) => Err(StoreError::call(operation, &error)),
    }
}

/// An error and what brought it about, without the debug output (requests and
/// responses whole) that the SDK's own context adds.
fn causes(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(text) => Self::Unavailable(text),
            StoreError::Corrupt(text) => Self::Internal(text),
        }
    }
}
