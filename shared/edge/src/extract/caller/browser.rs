//! Callers that are a browser, known by a cookie.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use flows::{Postern, Signed};

use super::note;
use crate::extract::cookies;
use crate::{Meta, Refusal};

/// The cookie's name. Its prefix makes browsers take it only from this very host, over an
/// encrypted connection (RFC 6265bis §4.1.3.2). They treat this machine's own addresses
/// as such a connection, so the local stack needs no other name.
const NAME: &str = "__Host-postern";

/// The cookie of a browser. By itself it stands for nothing: it is there for the forms
/// of a page ([`crate::page`]).
#[derive(Clone, Debug)]
pub struct BrowserCookie {
    /// Its value; a fresh one if the browser had none.
    pub value: String,
    /// Whether the browser brought it.
    pub returns: bool,
}

impl FromRequestParts<Postern> for BrowserCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Infallible> {
        let brought = cookie(&parts.headers);
        Ok(Self {
            returns: brought.is_some(),
            value: brought.unwrap_or_else(|| postern.fresh_cookie()),
        })
    }
}

impl BrowserCookie {
    /// The `Set-Cookie` that gives a browser the cookie `value` until it is closed: out
    /// of reach of scripts, and of forms on other sites.
    #[must_use]
    pub fn set(value: &str) -> Option<HeaderValue> {
        let text = format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax");
        HeaderValue::from_str(&text).ok()
    }
}

/// The cookie by which a browser's waiting requests are known as its own (OpenID Connect). It
/// signs nobody in, and outlives the sign-in that a request waits for, which renews the
/// other one.
#[derive(Clone, Debug)]
pub struct RequestCookie(pub Option<String>);

/// Its name, with the prefix of the other one.
const REQUEST: &str = "__Host-postern-request";

impl<S: Sync> FromRequestParts<S> for RequestCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(named(&parts.headers, REQUEST)))
    }
}

impl RequestCookie {
    /// The `Set-Cookie` that gives a browser the value.
    #[must_use]
    pub fn set(value: &str) -> Option<HeaderValue> {
        let text = format!("{REQUEST}={value}; Path=/; Secure; HttpOnly; SameSite=Lax");
        HeaderValue::from_str(&text).ok()
    }
}

/// A browser, and who is signed in with it.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Its cookie.
    pub cookie: BrowserCookie,
    /// Who is signed in.
    pub signed: Option<Signed>,
}

impl FromRequestParts<Postern> for Browser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let Ok(cookie) = BrowserCookie::from_request_parts(parts, postern).await;
        let signed = match cookie.returns {
            true => postern.browsing(&meta, &cookie.value).await?,
            false => None,
        };
        if let Some(signed) = &signed {
            note(parts, signed.user.sub);
        }
        Ok(Self { cookie, signed })
    }
}

/// Our cookie, if one of a plausible form was sent.
fn cookie(headers: &HeaderMap) -> Option<String> {
    named(headers, NAME)
}

fn named(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = cookies::value(headers, name)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (value.len() == 43 && value.bytes().all(plain)).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    #[test]
    fn only_our_own_cookie_is_read() {
        let value = "A".repeat(43);
        let sent = |text: String| {
            cookie(&HeaderMap::from_iter([(
                COOKIE,
                HeaderValue::from_str(&text).unwrap(),
            )]))
        };
        assert_eq!(
            sent(format!("a=b; {NAME}={value};c=d")),
            Some(value.clone())
        );
        for text in [
            format!("postern={value}"),
            format!("{NAME}={value}="),
            format!("{NAME}=short"),
            NAME.to_owned(),
        ] {
            assert_eq!(sent(text.clone()), None, "{text}");
        }
        let set = BrowserCookie::set(&value).unwrap();
        for attribute in ["Secure", "HttpOnly", "Path=/;", "SameSite=Lax"] {
            assert!(set.to_str().unwrap().contains(attribute), "{attribute}");
        }
    }
}
