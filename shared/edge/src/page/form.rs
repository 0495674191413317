//! A form of a page, sent by the browser that it was shown to.

use axum::extract::{FromRequest as _, Request};
use domain::Error;
use flows::Postern;

use crate::extract::caller::BrowserCookie;
use crate::{Fields, Form, FromFields, Refusal, Rejected};

/// A form's own fields, and the token that every form carries.
struct Carried<T> {
    token: String,
    typed: T,
}

impl<T: FromFields> FromFields for Carried<T> {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let token = fields.text("token").may_be_blank().optional();
        Ok(Self {
            token: token.unwrap_or_default(),
            typed: T::read(fields)?,
        })
    }
}

/// What was typed into a form that was shown to the browser of `cookie`. Another site
/// can have the browser send one, but not with our token; a site beside ours, under the
/// same domain, could set a cookie of its own and knows the token of that, so what
/// browsers say of the sender counts, too (Fetch Metadata).
///
/// # Errors
/// A form of another browser's, or what is no form.
pub async fn own_form<T: FromFields>(
    request: Request,
    postern: &Postern,
    cookie: &BrowserCookie,
) -> Result<T, Refusal> {
    let sender = request.headers().get("sec-fetch-site");
    if sender.is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Error::Forbidden.into());
    }
    let Form(Carried { token, typed }) = Form::<Carried<T>>::from_request(request, postern).await?;
    if cookie.returns && postern.is_form_token(&cookie.value, &token) {
        Ok(typed)
    } else {
        Err(Error::Forbidden.into())
    }
}
