//! The contract's cookies.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use domain::UnixTime;
use flows::IssuedDeviceToken;

use crate::extract::cookies;

/// Holds the access token.
pub(super) const ACCESS: &str = "nauth_access_token";
/// Holds the refresh token.
pub(super) const REFRESH: &str = "nauth_refresh_token";
/// Holds the CSRF token, which a page of ours reads.
pub(super) const CSRF: &str = "nauth_csrf_token";
/// Holds the token of a device that its owner trusts.
pub(super) const DEVICE: &str = "nauth_device_token";
/// What older clients of the toolkit call the same. It is read, and never set.
pub(super) const OLD_DEVICE: &str = "nauth_device_id";

/// The value of a cookie that a request brings, if it has one.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = cookies::value(headers, name)?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// Whether a request brings any cookie of ours.
pub(super) fn any(headers: &HeaderMap) -> bool {
    let all = [ACCESS, REFRESH, CSRF, DEVICE, OLD_DEVICE];
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

/// `response` with the token of a trusted device for a browser to keep.
#[must_use]
pub fn with_device(mut response: Response, issued: &IssuedDeviceToken, now: UnixTime) -> Response {
    let kept_for = issued.expires_at.seconds_since(now);
    if let Some(cookie) = set(DEVICE, &issued.token.0.to_string(), kept_for) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// `response` with what ends a session in a browser; with `device`, its trust, too.
#[must_use]
pub fn with_cleared(mut response: Response, device: bool) -> Response {
    let names = [ACCESS, REFRESH, CSRF].into_iter();
    let devices = device.then_some([DEVICE, OLD_DEVICE]);
    let names = names.chain(devices.into_iter().flatten());
    for cookie in names.filter_map(|name| set(name, "", 0)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
