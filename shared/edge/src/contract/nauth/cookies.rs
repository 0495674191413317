//! The contract's cookies.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::extract::cookies;

/// Holds the access token.
pub(super) const ACCESS: &str = "nauth_access_token";
/// Holds the refresh token.
pub(super) const REFRESH: &str = "nauth_refresh_token";
/// Holds the CSRF token, which a page of ours reads.
pub(super) const CSRF: &str = "nauth_csrf_token";
/// Holds the token of a device that its owner trusts.
const DEVICE: &str = "nauth_device_token";

/// The value of a cookie that a request brings, if it has one.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = cookies::value(headers, name)?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// Whether a request brings any cookie of ours.
pub(super) fn any(headers: &HeaderMap) -> bool {
    let all = [ACCESS, REFRESH, CSRF, DEVICE];
    all.iter().any(|name| cookie(headers, name).is_some())
}

/// The `Set-Cookie` of a value that is kept for `seconds`. Scripts read only the CSRF
/// token, and no other site has any of them sent.
pub(super) fn set(name: &str, value: &str, seconds: u64) -> Option<HeaderValue> {
    let hidden = if name == CSRF { "" } else { "; HttpOnly" };
    let text =
        format!("{name}={value}; Max-Age={seconds}; Path=/; Secure; SameSite=Strict{hidden}");
    HeaderValue::from_str(&text).ok()
}

/// `response` with what ends a session in a browser; with `device`, its trust, too.
#[must_use]
pub fn with_cleared(mut response: Response, device: bool) -> Response {
    let names = [ACCESS, REFRESH, CSRF].into_iter();
    let names = names.chain(device.then_some(DEVICE));
    for cookie in names.filter_map(|name| set(name, "", 0)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
