//! Cookies as requests bring them (RFC 6265 §5.4).

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// The value of the cookie `name`, if one of that name was sent: the first one.
pub(crate) fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value)
}
