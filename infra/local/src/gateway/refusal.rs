//! What the gateway says by itself, in API Gateway's words.

use axum::body::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

/// Why a request gets no answer from a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No route fits.
    NotFound,
    /// The event would be larger than a Lambda takes.
    TooLarge,
    /// The request line and the headers are larger than the gateway takes.
    HeadTooLarge,
    /// The function failed, or answered something that is no answer.
    Internal,
    /// The function did not answer in time.
    TimedOut,
}

impl Refusal {
    fn parts(self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
            Self::HeadTooLarge => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "Request Header Fields Too Large",
            ),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Self::TimedOut => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        }
    }

    pub(super) fn into_response(self) -> Response<Bytes> {
        let (status, message) = self.parts();
        let mut response = Response::new(Bytes::from(format!("{{\"message\":\"{message}\"}}")));
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}
