//! Reading a body that is a web form (`application/x-www-form-urlencoded`), as
//! OAuth 2 has clients send them (RFC 6749 appendix B). It becomes the same
//! [`Fields`](super::Fields) that a JSON body becomes: all of its values are text,
//! and of a name that comes twice the last one counts.

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use domain::Error;
use serde_json::{Map, Value};

use super::{FromFields, bytes, fields};
use crate::Refusal;

/// The media type of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A form that holds what `T` needs.
#[derive(Clone, Debug)]
pub struct Form<T>(pub T);

impl<S: Sync, T: FromFields> FromRequest<S> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let media = request.headers().get(CONTENT_TYPE);
        let media = media
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = media.split(';').next().unwrap_or_default().trim();
        let is_form = essence.eq_ignore_ascii_case(FORM);
        let media = media.to_owned();
        let bytes = bytes(request).await?;
        // No body at all is an empty form, whatever it claims to be.
        if !is_form && !bytes.is_empty() {
            return Err(Error::UnsupportedMedia(media).into());
        }
        let sent: Map<String, Value> = url::form_urlencoded::parse(&bytes)
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect();
        Ok(Self(fields(sent)?))
    }
}
