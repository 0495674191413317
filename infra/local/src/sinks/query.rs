//! The AWS Query protocol: a form with numbered members in, XML out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The fields of a request.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|v| !v.is_empty())
    }

    /// A field that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Fault> {
        self.get(name).ok_or_else(|| {
            Fault::sender(
                "ValidationError",
                format!("1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"),
            )
        })
    }

    /// `{name}.member.1`, `{name}.member.2`, … up to the first that is missing.
    pub(super) fn members(&self, name: &str) -> Vec<&str> {
        (1..)
            .map_while(|number| self.get(&format!("{name}.member.{number}")))
            .collect()
    }
}

/// A successful action.
pub(super) struct Answer {
    pub(super) action: &'static str,
    pub(super) namespace: &'static str,
    pub(super) message_id: String,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let Self {
            action,
            namespace,
            message_id,
        } = self;
        let request_id = request_id();
        let body = format!(
            "<{action}Response xmlns=\"{namespace}\">\
             <{action}Result><MessageId>{message_id}</MessageId></{action}Result>\
             <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
             </{action}Response>"
        );
        xml(StatusCode::OK, request_id, body)
    }
}

/// A refused action.
pub(super) struct Fault {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Fault {
    /// The sender's own mistake.
    pub(super) fn sender(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            message: message.into(),
        }
    }

    /// A request without a signature, which no SDK sends by mistake.
    pub(super) fn unsigned() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: "MissingAuthenticationToken",
            message: "Request is missing Authentication Token".to_owned(),
        }
    }

    /// An action that this address does not know.
    pub(super) fn unknown_action(action: &str, form: &Form) -> Self {
        let version = form.get("Version").unwrap_or_default();
        Self::sender(
            "InvalidAction",
            format!("Could not find operation {action} for version {version}"),
        )
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let request_id = request_id();
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>\
             <RequestId>{request_id}</RequestId></ErrorResponse>",
            self.code,
            escape(&self.message),
        );
        xml(self.status, request_id, body)
    }
}

fn xml(status: StatusCode, request_id: String, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/xml".to_owned()),
        (
            header::HeaderName::from_static("x-amzn-requestid"),
            request_id,
        ),
    ];
    (status, headers, body).into_response()
}

/// Different for every request in one run of the stack, which is all that a log needs.
fn request_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("00000000-0000-4000-8000-{count:012x}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
