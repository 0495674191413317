//! Requests with a deadline, and answers of bounded size.

use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use http_body_util::{BodyExt as _, Limited};
use serde::de::DeserializeOwned;

/// For one request, from name to last byte. Three in a row must leave time to
/// answer before API Gateway hangs up, and a person waits for them.
const DEADLINE: Duration = Duration::from_secs(4);

/// The largest answer that is read.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Why a provider's answer is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It said no, or something that makes no sense. The text is for the log.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// It could not be reached, or not in time.
    #[error("the provider is out of reach: {0}")]
    Unreachable(String),
}

/// Connections to a provider, kept open between requests.
#[derive(Debug, Default)]
pub(crate) struct Connection(OnceLock<Connector>);

impl Connection {
    fn connector(&self) -> &Connector {
        self.0.get_or_init(|| {
            let settings = HttpConnectorSettings::builder()
                .connect_timeout(Duration::from_secs(2))
                .read_timeout(DEADLINE)
                .build();
            Connector::builder()
                .tls_provider(tls::Provider::Rustls(
                    tls::rustls_provider::CryptoMode::AwsLc,
                ))
                .connector_settings(settings)
                .sleep_impl(TokioSleep::new())
                .build()
        })
    }

    /// The answer to `request`, read as `T`.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        request: HttpRequest,
    ) -> Result<T, Failure> {
        tokio::time::timeout(DEADLINE, self.answer(request))
            .await
            .map_err(|_| Failure::Unreachable("no answer in time".to_owned()))?
    }

    async fn answer<T: DeserializeOwned>(&self, request: HttpRequest) -> Result<T, Failure> {
        let answer = self.connector().call(request).await;
        let answer = answer.map_err(|error| Failure::Unreachable(error.to_string()))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), LARGEST_ANSWER)
            .collect()
            .await
            .map_err(|error| Failure::Unreachable(error.to_string()))?
            .to_bytes();
        match status {
            200..=299 => serde_json::from_slice(&body)
                // Not serde's text: it quotes, and what it quotes may be a token.
                .map_err(|_| Failure::Refused(format!("status {status}, unreadable"))),
            500..=599 => Err(Failure::Unreachable(format!("status {status}"))),
            _ => Err(Failure::Refused(format!("status {status}"))),
        }
    }
}
