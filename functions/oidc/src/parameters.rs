//! The parameters of a request that a browser brings, in its query or in a form, and the
//! browser's cookies.

use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use domain::oidc::request::Parameters;
use edge::{BrowserCookie, Fields, Form, FromFields, Refusal, Rejected, RequestCookie};
use flows::{Postern, VisitingBrowser};

/// The names that our endpoints know; others change nothing. A name that stands twice in a
/// form is refused before anything is read of it.
const NAMES: [&str; 23] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "ui_locales",
    "claims_locales",
    "acr_values",
    "claims",
    "display",
    "request",
    "request_uri",
    "registration",
    "post_logout_redirect_uri",
    "logout_hint",
];

/// Those of the query.
pub struct OfQuery(pub Parameters);

impl<S: Sync> FromRequestParts<S> for OfQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(text.as_bytes()).into_owned();
        Ok(Self(pairs.collect()))
    }
}

/// Those of a form that a client's page had the browser send.
pub struct OfForm(pub Parameters);

/// The same, as fields.
struct Sent(Parameters);

impl FromFields for Sent {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let mut pairs = Vec::new();
        for name in NAMES {
            let value = fields.text(name).may_be_blank().optional();
            pairs.extend(value.map(|value| (name.to_owned(), value)));
        }
        let resources = fields.repeated("resource").into_iter();
        pairs.extend(resources.map(|value| ("resource".to_owned(), value)));
        Ok(Self(pairs.into_iter().collect()))
    }
}

impl FromRequest<Postern> for OfForm {
    type Rejection = Refusal;

    async fn from_request(request: Request, postern: &Postern) -> Result<Self, Refusal> {
        let Form(Sent(parameters)) = Form::<Sent>::from_request(request, postern).await?;
        Ok(Self(parameters))
    }
}

/// A browser, by its cookies.
pub struct Visitor {
    /// The one of a sign-in, and of forms.
    pub cookie: BrowserCookie,
    waits_by: Option<String>,
}

impl FromRequestParts<Postern> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Infallible> {
        let cookie = BrowserCookie::from_request_parts(parts, postern).await?;
        let RequestCookie(waits_by) = RequestCookie::from_request_parts(parts, postern).await?;
        Ok(Self { cookie, waits_by })
    }
}

impl Visitor {
    /// As flows know it.
    #[must_use]
    pub fn browser(&self) -> VisitingBrowser<'_> {
        VisitingBrowser {
            cookie: self.cookie.returns.then_some(self.cookie.value.as_str()),
            waits_by: self.waits_by.as_deref(),
        }
    }
}
