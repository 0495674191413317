//! A form of the page, sent by the browser that it was shown to.

use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use domain::password::Password;
use edge::page::own_form;
use edge::{BrowserCookie, Fields, FromFields, Refusal, Rejected};
use flows::Postern;

/// The fields of both forms. A field that is not sent is empty; the handler tells the
/// person on the page itself what will not do.
pub struct Typed {
    /// The letter's token.
    pub letter: String,
    /// The account's password, whole.
    pub password: Option<Password>,
}

impl FromFields for Typed {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let letter = fields.text("letter").may_be_blank().optional();
        Ok(Self {
            letter: letter.unwrap_or_default(),
            password: fields.password_if_sent("password"),
        })
    }
}

/// A form, and the cookie of the browser that sent it, to which it was shown.
pub struct Form {
    /// The cookie.
    pub cookie: BrowserCookie,
    /// What was typed.
    pub typed: Typed,
}

impl FromRequest<Postern> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, postern: &Postern) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let cookie: Result<_, Infallible> =
            BrowserCookie::from_request_parts(&mut parts, postern).await;
        let Ok(cookie) = cookie;
        let request = Request::from_parts(parts, body);
        let typed = own_form(request, postern, &cookie).await?;
        Ok(Self { cookie, typed })
    }
}
