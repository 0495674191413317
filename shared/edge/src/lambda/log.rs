//! One line a request: the operation, its outcome, who asked, how long it took.
//! Paths are logged as routes, never as typed: what people type holds secrets.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;
use uuid::Uuid;

use crate::Refusal;

/// Where an argument that knows the caller leaves the name for the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallerId(Arc<OnceLock<Uuid>>);

impl CallerId {
    pub(crate) fn set(&self, sub: Uuid) {
        // A second caller of one request would be the same one.
        let _ = self.0.set(sub);
    }
}

pub(crate) async fn log(mut request: Request, next: Next) -> Response {
    #[allow(clippy::disallowed_methods, reason = "a log line tells durations")]
    let started = Instant::now();
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unknown", MatchedPath::as_str);
    let operation = format!("{} {path}", known_method(request.method()));
    let caller = CallerId::default();
    request.extensions_mut().insert(caller.clone());
    let response = next.run(request).await;
    let mut fields = vec![
        ("operation", Value::from(operation)),
        ("status", Value::from(response.status().as_u16())),
        (
            "micros",
            Value::from(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)),
        ),
    ];
    if let Some(sub) = caller.0.get() {
        fields.push(("sub", Value::from(sub.to_string())));
    }
    if let Some(Refusal(error)) = response.extensions().get::<Refusal>() {
        fields.push(("outcome", Value::from(error.name())));
        if response.status().is_server_error() {
            fields.push(("cause", Value::from(error.to_string())));
        }
    }
    flows::log::event("request", fields);
    response
}

/// The method, if it is one of HTTP's own: any token may stand in its place.
fn known_method(method: &Method) -> &str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if KNOWN.contains(method) {
        method.as_str()
    } else {
        "other"
    }
}
