//! A topic of the stack: messages for whatever subscribes to it.

use crate::DeliveryError;
use crate::courier::in_time;

/// A topic that messages are published to. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Topic {
    sns: aws_sdk_sns::Client,
    arn: String,
}

impl Topic {
    /// The topic of that ARN.
    #[must_use]
    pub fn new(sns: &aws_config::SdkConfig, arn: &str) -> Self {
        Self {
            sns: aws_sdk_sns::Client::new(sns),
            arn: arn.to_owned(),
        }
    }

    /// Publishes `message`. Done means that SNS keeps it until every subscriber has
    /// it.
    ///
    /// # Errors
    /// [`DeliveryError`] if SNS refuses or does not answer within four seconds.
    pub async fn publish(&self, message: &str) -> Result<(), DeliveryError> {
        let call = self.sns.publish().topic_arn(&self.arn).message(message);
        in_time("SNS", call.send()).await.map(drop)
    }
}
