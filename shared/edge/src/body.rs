//! Reading a request's body: once, whole, and with every problem named.
//!
//! A form says which fields it takes and what they must be ([`FromFields`]).
//! Reading goes on after the first mistake, so a client learns all of them in
//! one answer, as problems with a path; the dialect finds the words. serde's own
//! text reaches nobody: it quotes values.

mod fields;
mod form;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use domain::{Error, Problem, ProblemKind};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value};

pub use fields::{Fields, FromFields};
pub use form::{FORM, Form};

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

async fn read<T: FromFields>(request: Request) -> Result<T, Error> {
    let media = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media = media.to_owned();
    let bytes = bytes(request).await?;
    let object = match (bytes.is_empty(), is_json(&media)) {
        // No body at all is an empty form, whatever it claims to be.
        (true, _) => Map::new(),
        (false, true) => object(&bytes)?,
        (false, false) => return Err(Error::UnsupportedMedia(media)),
    };
    fields(object)
}

/// What `T` needs of these fields, or all that is wrong with them.
fn fields<T: FromFields>(sent: Map<String, Value>) -> Result<T, Error> {
    let mut fields = Fields::new(sent);
    let read = T::read(&mut fields);
    fields.finish(read)
}

/// The whole body, if it is no larger than any of ours must be.
async fn bytes(request: Request) -> Result<Bytes, Error> {
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
    Ok(body.to_bytes())
}

/// `application/json`, with or without parameters (RFC 9110 §8.3.1).
fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Error> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        // As good as no body: some clients write one whether they have anything to say or not.
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err(Error::Invalid(vec![Problem {
            path: Vec::new(),
            kind: ProblemKind::NotAnObject,
        }])),
        Err(error) => Err(Error::Unreadable {
            line: error.line().max(1),
            column: error.column().max(1),
        }),
    }
}
