//! Requests with a deadline, and answers of bounded size.

use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use serde::de::DeserializeOwned;
use transport::Connector;

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

/// Connections to a provider, kept open between requests. Made at the first,
/// since most functions never make one.
#[derive(Debug, Default)]
pub(crate) struct Connection(OnceLock<Connector>);

impl Connection {
    fn connector(&self) -> Result<&Connector, Failure> {
        if let Some(connector) = self.0.get() {
            return Ok(connector);
        }
        let made = Connector::new().map_err(|error| Failure::Unreachable(error.to_string()))?;
        Ok(self.0.get_or_init(|| made))
    }

    /// The answer to `request`, read as `T`.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        request: HttpRequest,
    ) -> Result<T, Failure> {
        let (status, body) = self.body(request).await?;
        // Not serde's text: it quotes, and what it quotes may be a token.
        serde_json::from_slice(&body)
            .map_err(|_| Failure::Refused(format!("status {status}, unreadable")))
    }

    /// The answer to `request` as text.
    pub(crate) async fn text(&self, request: HttpRequest) -> Result<String, Failure> {
        let (_, body) = self.body(request).await?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// The body of a good answer, and its status.
    async fn body(&self, request: HttpRequest) -> Result<(u16, Bytes), Failure> {
        tokio::time::timeout(DEADLINE, self.answer(request))
            .await
            .map_err(|_| Failure::Unreachable("no answer in time".to_owned()))?
    }

    async fn answer(&self, request: HttpRequest) -> Result<(u16, Bytes), Failure> {
        let answer = self.connector()?.call(request).await;
        let answer = answer.map_err(|error| Failure::Unreachable(error.to_string()))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), LARGEST_ANSWER)
            .collect()
            .await
            .map_err(|error| Failure::Unreachable(error.to_string()))?
            .to_bytes();
        match status {
            200..=299 => Ok((status, body)),
            500..=599 => Err(Failure::Unreachable(format!("status {status}"))),
            _ => Err(Failure::Refused(format!("status {status}"))),
        }
    }
}
