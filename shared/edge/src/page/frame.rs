//! What every page has: the service's name, who is signed in, the form token, and
//! the headers that keep others out of it.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use domain::Error;
use domain::account::User;
use domain::next_page::NextPage;
use flows::settings::PageLinks;
use flows::{Postern, RequestMeta};

use super::{Words, status};
use crate::Refusal;
use crate::dialect::retry_after;
use crate::extract::caller::{Browser, BrowserCookie};

/// The frame of a page for one browser.
pub struct Frame {
    /// What people know the installation as.
    pub service: String,
    /// What every form carries.
    pub token: String,
    /// The address of the signed-in user.
    pub address: Option<String>,
    /// What the page says.
    pub say: &'static Words,
    /// Where the browser comes back to when another person has signed in.
    pub next: Option<NextPage>,
    /// The installation's own pages, which stand under each of ours.
    pub links: PageLinks,
    cookie: Option<String>,
}

impl Frame {
    /// A frame for `browser`, which is given its cookie if it has none.
    #[must_use]
    pub fn new(postern: &Postern, meta: &RequestMeta, browser: &Browser) -> Self {
        let signed = browser.signed.as_ref();
        let user = signed.map(|signed| &signed.user);
        Self {
            address: user.map(|user| {
                let address = user.proven_email();
                address.map_or_else(|| user.username.clone(), ToString::to_string)
            }),
            ..Self::signed_out(postern, meta, &browser.cookie, user)
        }
    }

    /// A frame for a browser that is known only by its cookie, on a page about `account`,
    /// whose language is used where the browser asks for none.
    #[must_use]
    pub fn signed_out(
        postern: &Postern,
        meta: &RequestMeta,
        cookie: &BrowserCookie,
        account: Option<&User>,
    ) -> Self {
        Self {
            say: Words::for_visitor(meta.language.as_deref(), account),
            service: postern.settings().service_name.clone(),
            token: postern.form_token(&cookie.value),
            address: None,
            next: None,
            links: postern.settings().pages.links.clone(),
            cookie: (!cookie.returns).then(|| cookie.value.clone()),
        }
    }

    /// The same on a page that `next` brings the browser back to.
    #[must_use]
    pub fn leading_back_to(self, next: NextPage) -> Self {
        Self {
            next: Some(next),
            ..self
        }
    }

    /// `page` as the answer.
    ///
    /// # Errors
    /// A template that does not render, here and below.
    pub fn show(&self, page: &impl Template) -> Result<Response, Refusal> {
        self.show_as(StatusCode::OK, page)
    }

    /// `page` as the answer that says `error` to people.
    ///
    /// # Errors
    /// As [`Frame::show`].
    pub fn show_error(&self, error: &Error, page: &impl Template) -> Result<Response, Refusal> {
        let response = self.show_as(status(error), page)?;
        Ok(match error {
            Error::TooMany(exceeded) => retry_after(response, exceeded.retry_after),
            _ => response,
        })
    }

    /// `page` as the answer, with a status that says what happened to programs.
    ///
    /// # Errors
    /// As [`Frame::show`].
    pub fn show_as(&self, status: StatusCode, page: &impl Template) -> Result<Response, Refusal> {
        let html = page
            .render()
            .map_err(|error| Error::Internal(format!("a page: {error}")))?;
        let mut response = (status, Html(html)).into_response();
        if let Some(cookie) = self.cookie.as_deref().and_then(BrowserCookie::set) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

/// The policy of a page that differs from all others in what it may do, as an extension of its
/// response.
#[derive(Clone, Debug)]
pub struct ContentPolicy(HeaderValue);

impl ContentPolicy {
    /// One that also lets the page's form go to `target` (a scheme, or scheme and host), and
    /// runs the one `script` of this digest, if there is one.
    #[must_use]
    pub fn sending_to(target: &str, script: Option<&str>) -> Option<Self> {
        let script = script.map(|digest| format!("script-src 'sha256-{digest}'; "));
        let policy = format!(
            "default-src 'none'; {}style-src 'self'; img-src data:; form-action 'self' {target}; \
             base-uri 'none'; frame-ancestors 'none'",
            script.unwrap_or_default(),
        );
        HeaderValue::from_str(&policy).ok().map(Self)
    }
}

/// The page with the headers that keep others out: nothing frames it, nothing runs in it,
/// its forms go nowhere else, and its address, which may hold a code, is sent to no other
/// site (OWASP ASVS 3.4).
pub async fn with_security_headers(mut response: Response) -> Response {
    let own_policy = response.extensions_mut().remove::<ContentPolicy>();
    const HEADERS: [(HeaderName, HeaderValue); 5] = [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; \
                 base-uri 'none'; frame-ancestors 'none'",
            ),
        ),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ];
    response.headers_mut().extend(HEADERS);
    if let Some(ContentPolicy(policy)) = own_policy {
        let name = header::CONTENT_SECURITY_POLICY;
        response.headers_mut().insert(name, policy);
    }
    response
}

/// Where a browser goes next.
///
/// # Errors
/// What cannot stand in a header.
pub fn see_other(to: &str) -> Result<Response, Refusal> {
    let to = HeaderValue::from_str(to)
        .map_err(|_| Error::Internal("a page has no address".to_owned()))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

/// Where a browser goes next, with its new cookie.
///
/// # Errors
/// As [`see_other`].
pub fn onward(to: &str, cookie: &str) -> Result<Response, Refusal> {
    let mut response = see_other(to)?;
    if let Some(cookie) = BrowserCookie::set(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
