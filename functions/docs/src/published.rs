//! What was made before the first request: the same bytes for every client until the next
//! deployment.
//!
//! Each carries a strong validator, a digest of its bytes, by which a client
//! asks whether it has them already (RFC 9110 §8.8.3, §13.1.2). Any cache may
//! keep them for a few minutes; after that, asking again costs no body.

use std::borrow::Cow;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Short, so that what a deployment changes is seen soon.
const FRESH_FOR: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Bytes and the headers that go with them.
#[derive(Clone, Debug)]
pub struct Published {
    body: Cow<'static, str>,
    headers: HeaderMap,
    etag: String,
}

impl Published {
    /// `body` as a thing of the type `media`.
    #[must_use]
    pub fn new(media: &'static str, body: impl Into<Cow<'static, str>>) -> Self {
        let body = body.into();
        let etag = format!("\"{}\"", digest(&body));
        let published = Self {
            body,
            headers: HeaderMap::from_iter([
                (CONTENT_TYPE, HeaderValue::from_static(media)),
                (CACHE_CONTROL, FRESH_FOR),
                (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ]),
            etag: etag.clone(),
        };
        published.with(ETAG, &etag)
    }

    /// The same, with one more header. A value that no header can hold is left
    /// out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The answer to a request with these headers: the bytes, or that the
    /// client has them.
    #[must_use]
    pub fn answer(&self, request: &HeaderMap) -> Response {
        let mut headers = self.headers.clone();
        if self.is_held(request) {
            headers.remove(CONTENT_TYPE);
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, self.body.clone().into_owned()).into_response()
    }

    /// Whether `If-None-Match` names these bytes, or any. A weak form of the
    /// name, as a compressing proxy makes it, counts (RFC 9110 §13.1.2).
    fn is_held(&self, request: &HeaderMap) -> bool {
        let lines = request
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|line| line.to_str().ok());
        lines
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .map(|tag| tag.strip_prefix("W/").unwrap_or(tag))
            .any(|tag| tag == self.etag || tag == "*")
    }
}

/// The SHA-256 of `text` in Base64, which is also how a content security policy
/// names an inline style.
#[must_use]
pub fn digest(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    STANDARD.encode(digest.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(published: &Published, tags: &[&'static str]) -> StatusCode {
        let lines = tags
            .iter()
            .map(|tag| (IF_NONE_MATCH, HeaderValue::from_static(tag)));
        published.answer(&lines.collect()).status()
    }

    #[test]
    fn a_client_that_has_it_is_sent_nothing() {
        // printf 'a' | sha256sum | xxd -r -p | base64
        let published = Published::new("text/plain", "a");
        let held = "\"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\"";
        assert_eq!(published.headers[ETAG], held);
        for tags in [
            &[held][..],
            &["W/\"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\""],
            &["\"x\", W/\"y\",\"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\" "],
            &["\"x\"", held],
            &["*"],
        ] {
            assert_eq!(
                status(&published, tags),
                StatusCode::NOT_MODIFIED,
                "{tags:?}"
            );
        }
        for tags in [
            &[][..],
            &["\"x\""],
            &["ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="],
        ] {
            assert_eq!(status(&published, tags), StatusCode::OK, "{tags:?}");
        }
    }

    #[test]
    fn not_modified_keeps_what_a_cache_needs() {
        let held = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("*"))]);
        let answer = Published::new("text/plain", "a").answer(&held);
        assert!(answer.headers().contains_key(ETAG));
        assert_eq!(answer.headers()[CACHE_CONTROL], FRESH_FOR);
        assert!(!answer.headers().contains_key(CONTENT_TYPE));
    }
}
