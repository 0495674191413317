//! One line a request: the operation, its outcome, who asked, how long it took.
//! Paths are logged as routes, never as typed: what people type holds secrets. The line is
//! part of every month's bill, so it stays below 450 bytes; why AWS failed us is
//! long, rare, and a line of its own.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use flows::log;
use serde_json::Value;
use uuid::Uuid;

use crate::Refusal;

/// Bytes that the line of a request has at most.
#[cfg(test)]
const LONGEST: usize = 450;

/// Where an argument that knows the caller leaves the name for the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallerId(Arc<OnceLock<Uuid>>);

impl CallerId {
    pub(crate) fn set(&self, sub: Uuid) {
        // A second caller of one request would be the same one.
        let _ = self.0.set(sub);
    }
}

pub(crate) async fn log_request(mut request: Request, next: Next) -> Response {
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
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let refusal = response.extensions().get::<Refusal>();
    let failed = refusal.filter(|_| response.status().is_server_error());
    if let Some(Refusal(error)) = failed {
        let fields = [
            ("operation", Value::from(operation.as_str())),
            ("cause", error.to_string().into()),
        ];
        log::event("request_failed", fields);
    }
    let outcome = refusal.map(|Refusal(error)| error.name());
    let fields = fields(
        &operation,
        response.status(),
        micros,
        caller.0.get(),
        outcome,
    );
    log::event("request", fields);
    response
}

/// What the line of a request says.
fn fields(
    operation: &str,
    status: StatusCode,
    micros: u64,
    sub: Option<&Uuid>,
    outcome: Option<&'static str>,
) -> Vec<(&'static str, Value)> {
    let mut fields = vec![
        ("operation", Value::from(operation)),
        ("status", status.as_u16().into()),
        ("micros", micros.into()),
    ];
    fields.extend(sub.map(|sub| ("sub", sub.to_string().into())));
    fields.extend(outcome.map(|outcome| ("outcome", outcome.into())));
    fields
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

#[cfg(test)]
mod tests {
    use flows::log::RequestIds;

    use super::*;

    /// With the longest operation that there is room for, a name of an outcome that no
    /// error has at that length, and ids as AWS makes them.
    #[tokio::test]
    async fn the_line_of_a_request_is_short_and_says_which_request_it_was() {
        let ids = RequestIds {
            lambda: "0b8e5e5e-3f4a-4d5e-9c1b-2a6f7d8e9f00".to_owned(),
            gateway: Some("JKJaXmPLvHcESHA=".to_owned()),
        };
        let operation = format!("DELETE /{}", "x".repeat(119));
        let outcome = "an_outcome_with_a_name_of_forty_letters_";
        let sub = Uuid::nil();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let fields = fields(&operation, status, 29_000_000, Some(&sub), Some(outcome));
        let line = log::during(ids, async { log::line("request", fields) }).await;
        assert!(line.len() <= LONGEST, "{}: {line}", line.len());
        for id in [
            r#""request_id":"0b8e5e5e-3f4a-4d5e-9c1b-2a6f7d8e9f00""#,
            r#""gateway_id":"JKJaXmPLvHcESHA=""#,
        ] {
            assert!(line.contains(id), "{line}");
        }
        assert!(!log::line("start_failed", []).contains("request_id"));
    }
}
