//! Reading a request's body: once, whole, and with every problem named.
//!
//! A form says which fields it takes and what they must be ([`FromFields`]).
//! Reading goes on after the first mistake, so a client learns all of them in
//! one answer, as problems with a path; the dialect finds the words. serde's own
//! text reaches nobody: it quotes values.

mod fields;
mod file;
mod form;
mod values;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use domain::{Error, Part, Problem, ProblemKind};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value};

pub use fields::{Fields, FromFields};
pub use file::{File, FileForm};
pub use form::Form;

use crate::Refusal;

/// The most that a form of ours ever needs, generously.
const MAX_BYTES: usize = 64 * 1024;

/// A body that holds what `T` needs.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

impl<S: Sync, T: FromFields> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        Ok(Self(read(request).await?))
    }
}

/// What the request says that its body is.
fn media_type(request: &Request) -> String {
    let media = request.headers().get(CONTENT_TYPE);
    let media = media.and_then(|value| value.to_str().ok());
    media.unwrap_or_default().to_owned()
}

async fn read<T: FromFields>(request: Request) -> Result<T, Error> {
    let (media, bytes) = whole(request).await?;
    let object = match (bytes.is_empty(), is(&media, "application/json")) {
        // No body at all is an empty form, whatever it claims to be.
        (true, _) => Map::new(),
        (false, true) => object(&bytes)?,
        (false, false) => return Err(Error::UnsupportedMedia(media)),
    };
    let mut fields = Fields::new(object);
    let read = T::read(&mut fields);
    fields.finish(read)
}

/// The media type that a body claims to be of, and all of the body.
async fn whole(request: Request) -> Result<(String, Bytes), Error> {
    let media = media_type(&request);
    let body = Limited::new(request.into_body(), MAX_BYTES)
        .collect()
        .await
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                Error::TooLarge { limit: MAX_BYTES }
            } else {
                Error::Unreadable { line: 1, column: 1 }
            }
        })?;
    Ok((media, body.to_bytes()))
}

/// Whether a media type is `essence`, with or without parameters (RFC 9110 §8.3.1).
fn is(media: &str, essence: &str) -> bool {
    let claimed = media.split(';').next().unwrap_or_default().trim();
    claimed.eq_ignore_ascii_case(essence)
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Error> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        // As good as no body: some clients write one whether they have anything to say or not.
        Ok(Value::Null) => Ok(Map::new()),
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
