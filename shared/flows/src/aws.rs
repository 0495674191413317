//! How AWS is reached: one configuration per service, so that the local stack
//! can stand in for some of them.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use transport::Connector;

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
    /// EventBridge.
    pub eventbridge: SdkConfig,
}

impl Aws {
    /// AWS as a function reaches it: by the role and the region that Lambda puts
    /// into its environment, and wherever `AWS_ENDPOINT_URL_…` says.
    ///
    /// The SDK's own loader would look for profiles, web identities and metadata
    /// services too. Lambda has none, and the loader is a megabyte of every binary.
    ///
    /// # Errors
    /// If `SSL_CERT_FILE` names no certificates.
    pub fn of_function() -> Result<Self, std::io::Error> {
        let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let flag = |name| var(name).map(|value| value.eq_ignore_ascii_case("true"));
        let base = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(var("AWS_REGION").map(Region::new))
            .credentials_provider(SharedCredentialsProvider::new(
                EnvironmentVariableCredentialsProvider::new(),
            ))
            .http_client(Connector::new()?)
            .timeout_config(timeouts())
            .retry_config(retries())
            .stalled_stream_protection(unguarded())
            .build();
        let of = |service: &str| {
            let mut config = base.to_builder();
            config.set_use_fips(flag("AWS_USE_FIPS_ENDPOINT"));
            config.set_use_dual_stack(flag("AWS_USE_DUALSTACK_ENDPOINT"));
            let endpoint = var(&format!("AWS_ENDPOINT_URL_{service}"));
            config.set_endpoint_url(endpoint.or_else(|| var("AWS_ENDPOINT_URL")));
            config.build()
        };
        Ok(Self {
            dynamodb: of("DYNAMODB"),
            ses: of("SES"),
            sns: of("SNS"),
            kms: of("KMS"),
            s3: of("S3"),
            eventbridge: of("EVENTBRIDGE"),
        })
    }

    /// AWS as the command line reaches it: by whatever the environment and the AWS
    /// configuration files say.
    ///
    /// # Errors
    /// If `SSL_CERT_FILE` names no certificates.
    pub async fn of_operator() -> Result<Self, std::io::Error> {
        Ok(Self::one(&loader(Connector::new()?).load().await))
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
            eventbridge: config(),
        }
    }

    /// Services on this machine: an engine at one URL, everything else at
    /// another. They take any credentials, so it sends invented ones.
    pub async fn local(dynamodb: &str, others: &str) -> Self {
        let credentials =
            aws_credential_types::Credentials::new("local", "local", None, None, "local");
        let base = loader(Connector::plain())
            .region(Region::new("eu-central-1"))
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
            eventbridge: at(others),
        }
    }
}

/// Asks everything, as the AWS tools do.
fn loader(connector: Connector) -> aws_config::ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(connector)
        .timeout_config(timeouts())
        .retry_config(retries())
        .stalled_stream_protection(unguarded())
}

/// A request is answered or given up long before API Gateway's 30 seconds, with
/// time left to say so.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(4))
        .build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(50))
}

/// Bodies here are small and whole, and an attempt that stalls ends by its
/// timeout: watching each byte pass would only cost.
fn unguarded() -> StalledStreamProtectionConfig {
    StalledStreamProtectionConfig::disabled()
}
