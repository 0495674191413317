//! Requests with a deadline, and answers of bounded size.

use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
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

/// A good answer.
struct Good {
    status: u16,
    /// For how many seconds it says that it is good.
    max_age: Option<u64>,
    body: Bytes,
}

/// The `max-age` of a `Cache-Control` (RFC 9111 §5.2.2.1).
fn max_age(cache_control: &str) -> Option<u64> {
    let directives = cache_control.split(',').map(str::trim);
    let mut seconds = directives.filter_map(|one| {
        let (name, value) = one.split_once('=')?;
        let named = name.eq_ignore_ascii_case("max-age");
        named
            .then(|| value.trim_matches('"').parse().ok())
            .flatten()
    });
    seconds.next()
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
        Ok(self.ask_for_a_while(request).await?.0)
    }

    /// The answer to `request`, and for how many seconds it says that it is good.
    pub(crate) async fn ask_for_a_while<T: DeserializeOwned>(
        &self,
        request: HttpRequest,
    ) -> Result<(T, Option<u64>), Failure> {
        let answer = self.good(request).await?;
        // Not serde's text: it quotes, and what it quotes may be a token.
        let read = serde_json::from_slice(&answer.body)
            .map_err(|_| Failure::Refused(format!("status {}, unreadable", answer.status)))?;
        Ok((read, answer.max_age))
    }

    /// The answer to `request` as text.
    pub(crate) async fn text(&self, request: HttpRequest) -> Result<String, Failure> {
        let answer = self.good(request).await?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    async fn good(&self, request: HttpRequest) -> Result<Good, Failure> {
        tokio::time::timeout(DEADLINE, self.answer(request))
            .await
            .map_err(|_| Failure::Unreachable("no answer in time".to_owned()))?
    }

    async fn answer(&self, request: HttpRequest) -> Result<Good, Failure> {
        let answer = self.connector()?.call(request).await;
        let answer = answer.map_err(|error| Failure::Unreachable(error.to_string()))?;
        let status = answer.status().as_u16();
        let max_age = answer.headers().get("cache-control").and_then(max_age);
        let body = Limited::new(answer.into_body(), LARGEST_ANSWER)
            .collect()
            .await
            .map_err(|error| Failure::Unreachable(error.to_string()))?
            .to_bytes();
        match status {
            200..=299 => Ok(Good {
                status,
                max_age,
                body,
            }),
            500..=599 => Err(Failure::Unreachable(format!("status {status}"))),
            _ => Err(Failure::Refused(format!("status {status}"))),
        }
    }
}

/// A request for what is at `url`.
pub(crate) fn get(url: &str, headers: &[(&'static str, &str)]) -> Result<HttpRequest, Failure> {
    request("GET", url, headers)
}

/// A form for `url`, as token endpoints take it (RFC 6749 §4.1.3).
pub(crate) fn post_form(url: &str, form: String) -> Result<HttpRequest, Failure> {
    let mut request = request("POST", url, &[("accept", "application/json")])?;
    let headers = request.headers_mut();
    headers.insert("content-type", "application/x-www-form-urlencoded");
    headers.insert("content-length", form.len().to_string());
    *request.body_mut() = SdkBody::from(form);
    Ok(request)
}

/// An empty request. Some services refuse one that does not name its client.
fn request(
    method: &'static str,
    url: &str,
    headers: &[(&'static str, &str)],
) -> Result<HttpRequest, Failure> {
    let refused = |what: &str| Failure::Refused(format!("no request can be made: {what}"));
    let mut request = HttpRequest::empty();
    request.set_method(method).map_err(|_| refused("method"))?;
    request
        .set_uri(url.to_owned())
        .map_err(|_| refused("URL"))?;
    request.headers_mut().insert("user-agent", "Postern");
    for (name, value) in headers {
        let value = (*value).to_owned();
        // A token with a line break in it could smuggle in another header.
        request
            .headers_mut()
            .try_insert(*name, value)
            .map_err(|_| refused("header"))?;
    }
    Ok(request)
}
