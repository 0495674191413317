//! The courier: one call a letter, one call a text message.

use std::time::Duration;

use aws_sdk_ses::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use domain::{EmailAddress, Error, PhoneNumber};

use crate::Letter;
use crate::words::Language;

/// How long a person is kept waiting for SES or SNS, retries included.
const DEADLINE: Duration = Duration::from_secs(4);

/// A letter or message was not taken. The text never holds an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DeliveryError(String);

impl From<DeliveryError> for Error {
    fn from(error: DeliveryError) -> Self {
        Self::Undeliverable(error.0)
    }
}

/// Hands letters to SES and text messages to SNS. Cheap to clone.
#[derive(Clone)]
pub struct Courier {
    ses: aws_sdk_ses::Client,
    sns: aws_sdk_sns::Client,
    from: String,
    configuration_set: Option<String>,
    service: String,
}

impl Courier {
    /// A courier that writes as `service` from the address `from`, and reports
    /// bounces through SES's `configuration_set` if there is one.
    #[must_use]
    pub fn new(
        ses: &aws_config::SdkConfig,
        sns: &aws_config::SdkConfig,
        from: &str,
        configuration_set: Option<&str>,
        service: &str,
    ) -> Self {
        Self {
            ses: aws_sdk_ses::Client::new(ses),
            sns: aws_sdk_sns::Client::new(sns),
            from: from.to_owned(),
            configuration_set: configuration_set.map(str::to_owned),
            service: service.to_owned(),
        }
    }

    /// Sends `letter` to `to`. Done means that SES took it, not that anybody
    /// read it.
    ///
    /// # Errors
    /// [`DeliveryError`] if SES refuses or does not answer within four seconds.
    pub async fn mail(
        &self,
        to: &EmailAddress,
        letter: &Letter,
        language: Language,
    ) -> Result<(), DeliveryError> {
        let rendered = letter
            .render(language, &self.service)
            .map_err(|e| DeliveryError(e.to_string()))?;
        let part = |data: &str| {
            Content::builder()
                .data(data)
                .charset("UTF-8")
                .build()
                .map_err(build)
        };
        let message = Message::builder()
            .subject(part(&rendered.subject)?)
            .body(
                Body::builder()
                    .text(part(&rendered.text)?)
                    .html(part(&rendered.html)?)
                    .build(),
            )
            .build();
        let call = self
            .ses
            .send_email()
            .source(&self.from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .message(message)
            .set_configuration_set_name(self.configuration_set.clone());
        match tokio::time::timeout(DEADLINE, call.send()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(refused("SES", &error)),
            Err(_) => Err(DeliveryError("SES did not answer in time".to_owned())),
        }
    }

    /// Sends a text message to `to`.
    ///
    /// # Errors
    /// [`DeliveryError`] if SNS refuses or does not answer within four seconds.
    pub async fn text(&self, to: &PhoneNumber, message: &str) -> Result<(), DeliveryError> {
        let call = self
            .sns
            .publish()
            .phone_number(to.as_str())
            .message(message);
        match tokio::time::timeout(DEADLINE, call.send()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(refused("SNS", &error)),
            Err(_) => Err(DeliveryError("SNS did not answer in time".to_owned())),
        }
    }
}

fn build(error: impl std::fmt::Display) -> DeliveryError {
    DeliveryError(error.to_string())
}

/// The service's code. Its message is left out: SES quotes addresses in it.
fn refused<E, R>(service: &str, error: &SdkError<E, R>) -> DeliveryError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    DeliveryError(match error.code() {
        Some(code) => format!("{service}: {code}"),
        None => format!("{service}: {}", DisplayErrorContext(error)),
    })
}
