//! A form of the page, sent by the browser that it was shown to.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use edge::page::own_form;
use edge::{Browser, Fields, FromFields, Refusal, Rejected};
use flows::Postern;

/// The fields of all forms of the page. A field that is not sent is empty; the handler
/// tells the person on the page itself what will not do.
pub struct Typed {
    /// The code that the device shows.
    pub user_code: String,
    /// The code of the request that the page showed.
    pub shown: String,
}

impl FromFields for Typed {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let mut text = |name| {
            let text = fields.text(name).may_be_blank().max(LONGEST).optional();
            text.unwrap_or_default()
        };
        Ok(Self {
            user_code: text("user_code"),
            shown: text("shown"),
        })
    }
}

/// Longer than anything that belongs into a field.
const LONGEST: usize = 320;

/// A form, and the browser that sent it, to which it was shown.
pub struct Form {
    /// The browser.
    pub browser: Browser,
    /// What was typed.
    pub typed: Typed,
}

impl FromRequest<Postern> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, postern: &Postern) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let browser = Browser::from_request_parts(&mut parts, postern).await?;
        let request = Request::from_parts(parts, body);
        let typed = own_form(request, postern, &browser.cookie).await?;
        Ok(Self { browser, typed })
    }
}
