//! The HTTP API in front of the functions, as API Gateway would be.
//!
//! A request becomes the payload 2.0 event its function would get, as JSON;
//! the function answers the JSON that a Lambda answers; that becomes the HTTP
//! answer again. Nothing reaches a function except through this event, so
//! what works here does not lean on something that AWS would not pass on.
//!
//! ```text
//! request ─ too large? ─ route ─ event ─ function ─ reply
//! ```
//!
//! Traits of the real thing that are kept because code can trip over them:
//! the path arrives percent-decoded; a header's repetitions arrive as one
//! value joined by commas; only a few content types arrive as text and all
//! others in base64; and `Cookie` arrives beside the headers. CORS is the functions'
//! business: the template configures none, so the gateway passes on preflight requests and
//! the headers of answers, and says nothing about CORS where it answers by itself.

mod arrival;
mod event;
mod function;
mod refusal;
mod reply;

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};

pub use function::Function;

use crate::clock::{self, Clock};
use crate::template::{Route, Template};
use arrival::Arrival;
use refusal::Refusal;

/// A Lambda event with everything around the body.
pub(crate) const LARGEST_EVENT: usize = 6_291_456;
/// The request line and all headers.
const LARGEST_HEAD: usize = 10_240;
/// How long an HTTP API waits for an integration.
const PATIENCE: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

/// An HTTP API: routes and functions.
pub struct Gateway {
    routes: Vec<Route>,
    functions: Vec<Function>,
    clock: Clock,
    patience: Duration,
    requests: AtomicU64,
}

/// A route leads to a function that was not given.
#[derive(Debug, thiserror::Error)]
#[error("the template routes {route} to the function {function:?}, which this stack does not have")]
pub struct MissingFunction {
    route: String,
    function: String,
}

impl Gateway {
    /// The HTTP API of a template, answered by these functions.
    ///
    /// # Errors
    /// When a route leads to a function that is not among them.
    pub fn new(template: &Template, functions: Vec<Function>) -> Result<Self, MissingFunction> {
        let known = |name: &str| functions.iter().any(|function| function.name() == name);
        let stray = template
            .routes()
            .iter()
            .find(|route| !known(route.function()));
        if let Some(route) = stray {
            return Err(MissingFunction {
                route: route.key(),
                function: route.function().to_owned(),
            });
        }
        Ok(Self {
            routes: template.routes().to_vec(),
            functions,
            clock: clock::system(),
            patience: PATIENCE,
            requests: AtomicU64::new(0),
        })
    }

    /// The same with another clock, which stamps the events.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Answers a request that came from `peer`.
    pub async fn handle(&self, request: Request<Bytes>, peer: IpAddr) -> Response<Bytes> {
        let now = (self.clock)();
        let arrival = Arrival::new(request, peer, now, self.request_id(now.as_microsecond()));
        let mut response = match self.answer(&arrival).await {
            Ok(response) => response,
            Err(refusal) => refusal.into_response(),
        };
        if let Ok(id) = HeaderValue::from_str(&arrival.request_id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        if *arrival.method() == http::Method::HEAD {
            *response.body_mut() = Bytes::new();
        }
        response
    }

    async fn answer(&self, arrival: &Arrival) -> Result<Response<Bytes>, Refusal> {
        if arrival.head_size() > LARGEST_HEAD {
            return Err(Refusal::HeadTooLarge);
        }
        let found = Route::find(&self.routes, arrival.method().as_str(), &arrival.path);
        let Some((route, parameters)) = found else {
            return Err(Refusal::NotFound);
        };
        let function = self.function(route.function()).ok_or(Refusal::Internal)?;
        let event = arrival.event(route, parameters).to_string();
        if event.len() > LARGEST_EVENT {
            return Err(Refusal::TooLarge);
        }
        let deadline = arrival.now + self.patience;
        let call = function.invoke(event, &arrival.request_id, deadline);
        match tokio::time::timeout(self.patience, call).await {
            Err(_) => Err(Refusal::TimedOut),
            Ok(Err(failure)) => {
                eprintln!("{}: {failure}", function.name());
                Err(Refusal::Internal)
            }
            Ok(Ok(answer)) => reply::read(&answer).ok_or(Refusal::Internal),
        }
    }

    fn function(&self, name: &str) -> Option<&Function> {
        self.functions
            .iter()
            .find(|function| function.name() == name)
    }

    /// Like the real ones: 11 bytes in base64, different in every request.
    fn request_id(&self, instant: i64) -> String {
        use base64::Engine as _;
        let count = self.requests.fetch_add(1, Ordering::Relaxed);
        let [_, _, _, _, _, count @ ..] = count.to_be_bytes();
        let bytes = [&instant.to_be_bytes()[..], &count[..]].concat();
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }
}

#[cfg(test)]
mod tests;
