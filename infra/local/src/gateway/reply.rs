//! A function's answer (payload format 2.0) as an HTTP response.

use std::collections::BTreeMap;

use axum::body::Bytes;
use base64::Engine as _;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    cookies: Vec<String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// The response, or nothing where the answer is none that HTTP can say.
pub(super) fn read(answer: &str) -> Option<Response<Bytes>> {
    let answer: Answer = serde_json::from_str(answer).ok()?;
    let text = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded {
        let bytes = base64::engine::general_purpose::STANDARD.decode(text);
        Bytes::from(bytes.ok()?)
    } else {
        Bytes::from(text)
    };
    let mut headers = HeaderMap::new();
    let multiple = answer.multi_value_headers.into_iter();
    let multiple = multiple.flat_map(|(name, values)| {
        let named = values.into_iter().map(move |value| (name.clone(), value));
        named.collect::<Vec<_>>()
    });
    let cookies = answer.cookies.into_iter();
    let cookies = cookies.map(|cookie| (SET_COOKIE.to_string(), cookie));
    for (name, value) in answer.headers.into_iter().chain(multiple).chain(cookies) {
        let name = HeaderName::try_from(name).ok()?;
        // The gateway counts and frames by itself.
        if name != CONTENT_LENGTH && name != TRANSFER_ENCODING {
            headers.append(name, HeaderValue::try_from(value).ok()?);
        }
    }
    if !body.is_empty() && !headers.contains_key(CONTENT_TYPE) {
        let text = HeaderValue::from_static("text/plain;charset=UTF-8");
        headers.insert(CONTENT_TYPE, text);
    }
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status_code).ok()?;
    *response.headers_mut() = headers;
    Some(response)
}
