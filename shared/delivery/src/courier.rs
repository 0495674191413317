//! The courier: one call a letter, one call a text message.

use std::sync::LazyLock;
use std::time::Duration;

use aws_sdk_ses::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use aws_sdk_sns::types::MessageAttributeValue;
use domain::{EmailAddress, Error, PhoneNumber};

use crate::words::Language;
use crate::{Letter, Postage, TextMessage};

/// How long a person is kept waiting for SES or SNS, retries included.
const DEADLINE: Duration = Duration::from_secs(4);

/// What text messages may be sent, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextPolicy {
    /// The name that phones show, where the country allows one.
    pub sender_id: Option<String>,
    /// Calling codes (`49`, `1`) of the countries that texts may go to. A text
    /// to anywhere else costs money and only helps toll fraud.
    pub calling_codes: Vec<String>,
}

impl TextPolicy {
    /// Whether texts may go to the country of `to`.
    #[must_use]
    pub fn allows(&self, to: &PhoneNumber) -> bool {
        let digits = to.as_str().trim_start_matches('+');
        self.calling_codes
            .iter()
            .any(|code| digits.starts_with(code.as_str()))
    }
}

/// A letter or message was not taken. The text never holds an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DeliveryError(String);

impl DeliveryError {
    pub(crate) fn of(problem: &str) -> Self {
        Self(problem.to_owned())
    }
}

impl From<DeliveryError> for Error {
    fn from(error: DeliveryError) -> Self {
        Self::Undeliverable(error.0)
    }
}

/// A client that is made when it is first used. Most instances send nothing, and
/// making one is work for every start.
type Lazy<T> = LazyLock<T, Box<dyn FnOnce() -> T + Send>>;

/// Hands letters to SES and text messages to SNS.
pub struct Courier {
    ses: Lazy<aws_sdk_ses::Client>,
    sns: Lazy<aws_sdk_sns::Client>,
    from: String,
    configuration_set: Option<String>,
    service: String,
    texts: TextPolicy,
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
        texts: TextPolicy,
    ) -> Self {
        let (ses, sns) = (ses.clone(), sns.clone());
        Self {
            ses: LazyLock::new(Box::new(move || aws_sdk_ses::Client::new(&ses))),
            sns: LazyLock::new(Box::new(move || aws_sdk_sns::Client::new(&sns))),
            from: from.to_owned(),
            configuration_set: configuration_set.map(str::to_owned),
            service: service.to_owned(),
            texts,
        }
    }

    /// Sends `letter` to `to`. Done means that SES took it, not that it was read.
    ///
    /// # Errors
    /// [`DeliveryError`] if SES refuses or does not answer within four seconds.
    pub async fn mail(
        &self,
        _: Postage,
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
        in_time("SES", call.send()).await.map(drop)
    }

    /// Sends a text message to `to`, as a transactional one: it is not held back
    /// for being cheap.
    ///
    /// # Errors
    /// [`DeliveryError`] if the country is none that texts may go to, or if SNS
    /// refuses or does not answer within four seconds.
    pub async fn text(
        &self,
        _: Postage,
        to: &PhoneNumber,
        message: &TextMessage,
        language: Language,
    ) -> Result<(), DeliveryError> {
        if !self.texts.allows(to) {
            return Err(DeliveryError("no texts go to this country".to_owned()));
        }
        let attribute = |value: &str| {
            MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build()
                .map_err(build)
        };
        let mut call = self
            .sns
            .publish()
            .phone_number(to.as_str())
            .message(message.words(language, &self.service))
            .message_attributes("AWS.SNS.SMS.SMSType", attribute("Transactional")?);
        if let Some(sender_id) = &self.texts.sender_id {
            call = call.message_attributes("AWS.SNS.SMS.SenderID", attribute(sender_id)?);
        }
        in_time("SNS", call.send()).await.map(drop)
    }
}

fn build(error: impl std::fmt::Display) -> DeliveryError {
    DeliveryError(error.to_string())
}

/// What `service` says to what `call` brings it, within the deadline.
pub(crate) async fn in_time<T, E, R>(
    service: &str,
    call: impl Future<Output = Result<T, SdkError<E, R>>>,
) -> Result<T, DeliveryError>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match tokio::time::timeout(DEADLINE, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(refused(service, &error)),
        Err(_) => Err(DeliveryError(format!("{service} did not answer in time"))),
    }
}

/// The service's code. Its message is left out: SES quotes addresses in it.
fn refused<E, R>(service: &str, error: &SdkError<E, R>) -> DeliveryError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    let what = error
        .code()
        .map_or_else(|| error.to_string(), str::to_owned);
    DeliveryError(format!("{service}: {what}"))
}
