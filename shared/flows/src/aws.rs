//! How AWS is reached: one configuration per service, so that the local stack
//! can stand in for some of them.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

/// Where each service answers. On AWS all of them are one.
#[derive(Clone, Debug)]
pub struct Aws {
    /// DynamoDB.
    pub dynamodb: SdkConfig,
    /// SES.
    pub ses: SdkConfig,
    /// SNS.
    pub sns: SdkConfig,
    /// KMS.
    pub kms: SdkConfig,
    /// S3.
    pub s3: SdkConfig,
}

impl Aws {
    /// AWS as the process's environment has it: a Lambda's role and region, or
    /// whatever `AWS_ENDPOINT_URL_*` names.
    pub async fn from_env() -> Self {
        Self::one(&loader().load().await)
    }

    /// Every service by the same configuration.
    #[must_use]
    pub fn one(config: &SdkConfig) -> Self {
        let config = || config.clone();
        Self {
            dynamodb: config(),
            ses: config(),
            sns: config(),
            kms: config(),
            s3: config(),
        }
    }

    /// Services on this machine: an engine at one URL, everything else at
    /// another. Takes any credentials, so it sends some that nobody could use.
    pub async fn local(dynamodb: &str, others: &str) -> Self {
        let credentials =
            aws_credential_types::Credentials::new("local", "local", None, None, "local");
        let base = loader()
            .region(aws_config::Region::new("eu-central-1"))
            .credentials_provider(credentials)
            .load()
            .await;
        let at = |url: &str| base.to_builder().endpoint_url(url).build();
        Self {
            dynamodb: at(dynamodb),
            ses: at(others),
            sns: at(others),
            kms: at(others),
            s3: at(others),
        }
    }
}

/// What all of them share: a request is answered or given up long before API
/// Gateway's 30 seconds, with time left to say so.
fn loader() -> aws_config::ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(4))
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(4)
                .with_initial_backoff(Duration::from_millis(50)),
        )
}
