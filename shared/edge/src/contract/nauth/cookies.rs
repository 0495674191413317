//! The contract's cookies.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// Holds the access token.
pub(super) const ACCESS: &str = "nauth_access_token";
/// Holds the refresh token.
pub(super) const REFRESH: &str = "nauth_refresh_token";
/// Holds the CSRF token, which a page of ours reads.
pub(super) const CSRF: &str = "nauth_csrf_token";
/// Holds the token of a device that its owner trusts.
pub const DEVICE: &str = "nauth_device_token";

/// The value of a cookie that a request brings, if it has one.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(own, _)| *own == name)?;
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

/// The `Set-Cookie`s that end a session in a browser; with `device`, its trust, too.
#[must_use]
pub fn cleared(device: bool) -> Vec<HeaderValue> {
    let names = [ACCESS, REFRESH, CSRF].into_iter();
    let names = names.chain(device.then_some(DEVICE));
    names.filter_map(|name| set(name, "", 0)).collect()
}
