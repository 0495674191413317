//! Clients that show a secret in the header (RFC 6749 §2.3.1).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The id and the secret of an `Authorization: Basic` header: `None` without one, and both
/// empty, which are no client's, where it cannot be read.
#[derive(Clone)]
pub struct BasicClient(pub Option<(String, String)>);

impl<S: Sync> FromRequestParts<S> for BasicClient {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let sent = parts.headers.get(AUTHORIZATION);
        let text = sent.and_then(|sent| sent.to_str().ok()).unwrap_or_default();
        // Any other scheme says nothing of a client, as if there were no header.
        let basic = text.trim().split_once(' ');
        let basic = basic.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
        Ok(Self(basic.map(|(_, rest)| {
            credentials(rest.trim()).unwrap_or_default()
        })))
    }
}

fn credentials(encoded: &str) -> Option<(String, String)> {
    let plain = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = plain.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

/// Both are written as in a form before they are joined.
fn form_decoded(text: &str) -> String {
    if !text.contains(['%', '+']) {
        return text.to_owned();
    }
    let pair = format!("v={}", text.replace('&', "%26"));
    let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
    decoded.map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_are_read_as_a_form_writes_them() {
        let read = |text: &str| credentials(&STANDARD.encode(text));
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(read("app:s3cret"), pair("app", "s3cret"));
        assert_eq!(read("a%3Ab:c+d%26"), pair("a:b", "c d&"));
        assert_eq!(read("app:a:b"), pair("app", "a:b"));
        assert_eq!(read("app"), None);
        assert_eq!(credentials("!"), None);
    }
}
