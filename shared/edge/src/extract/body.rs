//! Reading a request's body: once, whole, and with every problem named.
//!
//! A form says which fields it takes and what they must be ([`FromFields`]). Reading goes
//! on after the first mistake, so a client learns all of them in one answer, as problems
//! with a path; the dialect renders them. serde's own text is never sent, since it quotes
//! values.

mod fields;
mod file;
mod forms;
mod parameters;
mod query;
mod values;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use domain::{Error, Part, Problem, ProblemKind};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value};

pub use fields::{Fields, FromFields, Rejected, Text};
pub use file::{File, FileForm};
pub use query::{ListQuery, Query};

use crate::Refusal;
use crate::dialect::Reading;

/// The most that a form of ours ever needs, generously.
const MAX_BYTES: usize = 64 * 1024;

/// A body that holds what `T` needs.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

/// A form without fields: the caller is the one it is about.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl FromFields for Nothing {
    fn read(_: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self)
    }
}

impl<S: Sync, T: FromFields> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        Ok(Self(Self::read(request).await?))
    }
}

impl<T: FromFields> Body<T> {
    pub(crate) async fn read(request: Request) -> Result<T, Error> {
        read(request, &[Media::Json]).await
    }
}

/// A body that holds what `T` needs, as JSON or as either kind of form.
#[derive(Clone, Debug)]
pub struct AnyBody<T>(pub T);

impl<S: Sync, T: FromFields> FromRequest<S> for AnyBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let media = [Media::Json, Media::Form, Media::Multipart];
        Ok(Self(read(request, &media).await?))
    }
}

/// A form, as browsers and OAuth clients send it, that holds what `T` needs.
#[derive(Clone, Debug)]
pub struct Form<T>(pub T);

impl<S: Sync, T: FromFields> FromRequest<S> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        Ok(Self(read(request, &[Media::Form]).await?))
    }
}

/// A body that is one thing as JSON and another as a form: two contracts share the
/// path.
#[derive(Clone, Debug)]
pub enum JsonOrForm<J, F> {
    /// It came as JSON, or claims to be nothing.
    Json(J),
    /// It came as a form.
    Form(F),
}

impl<S: Sync, J: FromFields, F: FromFields> FromRequest<S> for JsonOrForm<J, F> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        match Media::named(&media_type(&request)) {
            Some(Media::Form) => Ok(Self::Form(read(request, &[Media::Form]).await?)),
            _ => Ok(Self::Json(read(request, &[Media::Json]).await?)),
        }
    }
}

/// The media types that bodies come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Media {
    Json,
    Form,
    Multipart,
}

impl Media {
    /// The one that a `Content-Type` names, with or without parameters (RFC 9110
    /// §8.3.1).
    fn named(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is = |name: &str| essence.eq_ignore_ascii_case(name);
        match () {
            () if is("application/json") => Some(Self::Json),
            () if is("application/x-www-form-urlencoded") => Some(Self::Form),
            () if is("multipart/form-data") => Some(Self::Multipart),
            () => None,
        }
    }
}

/// What the request says that its body is.
fn media_type(request: &Request) -> String {
    let media = request.headers().get(CONTENT_TYPE);
    let media = media.and_then(|value| value.to_str().ok());
    media.unwrap_or_default().to_owned()
}

/// The coding that the body is in, if it is in any (RFC 9110 §8.4).
fn coding(request: &Request) -> Option<String> {
    let lines = request.headers().get_all(CONTENT_ENCODING).iter();
    let named: Vec<String> = lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(|coding| String::from_utf8_lossy(coding.trim_ascii()).into_owned())
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
        .collect();
    (!named.is_empty()).then(|| named.join(", "))
}

/// The error for a body that cannot be read as its media type, at no known position.
const UNREADABLE: Error = Error::Unreadable { line: 1, column: 1 };

/// All of a body, or `too_large` if it has more than `max` bytes. Every body is read
/// here, so a coded one (gzip, for instance) is refused here: decoded it would have no
/// bound, and undecoded it would be taken for something else than was sent.
async fn whole(request: Request, max: usize, too_large: Error) -> Result<Bytes, Error> {
    if let Some(coding) = coding(&request) {
        return Err(Error::UnsupportedMedia(coding));
    }
    match Limited::new(request.into_body(), max).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large),
        Err(_) => Err(UNREADABLE),
    }
}

async fn read<T: FromFields>(request: Request, taken: &[Media]) -> Result<T, Error> {
    let media = media_type(&request);
    let reading = request.extensions().get().copied().unwrap_or_default();
    let bytes = whole(request, MAX_BYTES, Error::TooLarge { limit: MAX_BYTES }).await?;
    let kind = Media::named(&media).filter(|kind| taken.contains(kind));
    let mut fields = match kind {
        // No body at all is an empty form, whatever it claims to be.
        _ if bytes.is_empty() => Fields::new(Map::new()),
        Some(Media::Json) => Fields::new(object(&bytes, reading)?),
        Some(Media::Form) => forms::urlencoded(&bytes),
        Some(Media::Multipart) => forms::multipart(&media, bytes).await?,
        None => return Err(Error::UnsupportedMedia(media)),
    };
    fields.reading = reading;
    let read = T::read(&mut fields);
    fields.finish(read)
}

fn object(bytes: &[u8], reading: Reading) -> Result<Map<String, Value>, Error> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        // `null` counts as no body where the contract says nothing else: some clients send a
        // body even if they have nothing to say.
        Ok(Value::Null) if reading != Reading::Exact => Ok(Map::new()),
        Ok(_) => Err(Error::Invalid(vec![Problem {
            part: Part::Body,
            path: Vec::new(),
            kind: ProblemKind::NotAnObject,
        }])),
        Err(error) => Err(Error::Unreadable {
            line: error.line().max(1),
            column: error.column().max(1),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body as Sent;

    #[tokio::test]
    async fn a_coded_body_is_refused_before_it_is_read() {
        async fn sent(codings: &[&str]) -> Result<Bytes, Error> {
            let request = codings.iter().fold(Request::builder(), |request, coding| {
                request.header(CONTENT_ENCODING, *coding)
            });
            whole(request.body(Sent::from("{}")).unwrap(), 2, UNREADABLE).await
        }
        for fine in [&[][..], &["identity"], &["Identity, "], &[""]] {
            assert_eq!(sent(fine).await.as_deref(), Ok(&b"{}"[..]), "{fine:?}");
        }
        for (coded, named) in [
            (&["gzip"][..], "gzip"),
            (&["GZIP"], "GZIP"),
            (&["identity", "br, gzip"], "br, gzip"),
        ] {
            let refused = Err(Error::UnsupportedMedia(named.to_owned()));
            assert_eq!(sent(coded).await, refused);
        }
    }
}
