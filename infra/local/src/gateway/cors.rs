//! CORS, answered by the gateway from its configuration.
//!
//! What a function says about CORS is thrown away; the configured headers go
//! onto every answer to a request that names an allowed origin, refusals
//! included, so that a browser can show why it was refused.

use axum::body::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response};

use crate::template::Cors;

/// Whether a browser asks what it may do, before it does it.
pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Puts the configured headers onto an answer, in place of the function's.
pub(super) fn apply(
    cors: &Cors,
    request: &HeaderMap,
    method: &Method,
    response: &mut Response<Bytes>,
) {
    let headers = response.headers_mut();
    let own: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .cloned()
        .collect();
    for name in own {
        headers.remove(name);
    }
    let Some(origin) = request.get(ORIGIN).and_then(|origin| origin.to_str().ok()) else {
        return;
    };
    let Some(allowed) = cors
        .allow_origins
        .iter()
        .find(|allowed| fits(allowed, origin))
    else {
        return;
    };
    let mut set = |name: HeaderName, value: &str| {
        if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    };
    let anyone = allowed == "*" && !cors.allow_credentials;
    set(
        ACCESS_CONTROL_ALLOW_ORIGIN,
        if anyone { "*" } else { origin },
    );
    if cors.allow_credentials {
        set(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    set(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        &cors.expose_headers.join(","),
    );
    if is_preflight(method, request) {
        set(ACCESS_CONTROL_ALLOW_METHODS, &cors.allow_methods.join(","));
        let accepted = cors.allow_headers.join(",").to_ascii_lowercase();
        set(ACCESS_CONTROL_ALLOW_HEADERS, &accepted);
        if let Some(seconds) = cors.max_age {
            set(ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
        }
    }
}

/// Whether an origin fits a pattern, in which `*` stands for any text.
fn fits(pattern: &str, origin: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern.eq_ignore_ascii_case(origin),
        Some((start, end)) => {
            origin.len() >= start.len() + end.len()
                && origin.starts_with(start)
                && origin.ends_with(end)
        }
    }
}
