//! What every page has: the service's name, who is signed in, the form token, and
//! the headers that keep others out of it.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use domain::Error;
use edge::{Browser, Refusal};
use flows::{Postern, RequestMeta};

use super::words::Words;

/// The frame of a page for one browser.
pub(crate) struct Frame {
    /// What people know the installation as.
    pub(crate) service: String,
    /// What every form carries.
    pub(crate) token: String,
    /// The address of whoever is signed in.
    pub(crate) address: Option<String>,
    /// What the page says.
    pub(crate) say: &'static Words,
    cookie: Option<String>,
}

impl Frame {
    /// A frame for `browser`, which is given its cookie if it has none.
    pub(crate) fn new(postern: &Postern, meta: &RequestMeta, browser: &Browser) -> Self {
        let signed = browser.signed.as_ref();
        let user = signed.map(|signed| &signed.user);
        Self {
            say: Words::for_visitor(meta.language.as_deref(), user),
            service: postern.settings().service_name.clone(),
            token: postern.form_token(&browser.cookie),
            address: user.map(|user| {
                let address = user.proven_email();
                address.map_or_else(|| user.username.clone(), ToString::to_string)
            }),
            cookie: (!browser.returns).then(|| browser.cookie.clone()),
        }
    }

    /// `page` as the answer.
    pub(crate) fn show(&self, page: &impl Template) -> Result<Response, Refusal> {
        self.show_as(StatusCode::OK, page)
    }

    /// `page` as the answer, with a status that says what happened to programs.
    pub(crate) fn show_as(
        &self,
        status: StatusCode,
        page: &impl Template,
    ) -> Result<Response, Refusal> {
        let html = page
            .render()
            .map_err(|error| Error::Internal(format!("a page of /device: {error}")))?;
        let mut response = (status, Html(html)).into_response();
        if let Some(cookie) = self.cookie.as_deref().and_then(Browser::set_cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

/// The page with the headers that keep others out: nothing frames it, nothing
/// runs in it, its forms go nowhere else, and its address, which may hold a code,
/// is told to nobody (OWASP ASVS 3.4).
pub(crate) async fn guarded(mut response: Response) -> Response {
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
    response
}

/// Where a browser goes next, with its new cookie.
pub(crate) fn onward(to: &str, cookie: &str) -> Result<Response, Refusal> {
    let to = HeaderValue::from_str(to)
        .map_err(|_| Error::Internal("a page of /device has no address".to_owned()))?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    if let Some(cookie) = Browser::set_cookie(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
