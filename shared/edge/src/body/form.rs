//! Forms, as OAuth's endpoints take them (RFC 6749 §3.2).

use axum::extract::{FromRequest, Request};
use domain::{Error, Problem, ProblemKind};
use serde_json::{Map, Value};

use super::{Fields, FromFields, is, whole};
use crate::Refusal;

/// A body of `application/x-www-form-urlencoded` that holds what `T` needs.
///
/// A parameter without a value counts as left out, and none may be sent twice
/// (RFC 6749 §3.2).
#[derive(Clone, Debug)]
pub struct Form<T>(pub T);

impl<S: Sync, T: FromFields> FromRequest<S> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let (media, bytes) = whole(request).await?;
        if !bytes.is_empty() && !is(&media, "application/x-www-form-urlencoded") {
            return Err(Error::UnsupportedMedia(media).into());
        }
        let mut sent = Map::new();
        let mut problems = Vec::new();
        for (name, value) in url::form_urlencoded::parse(&bytes) {
            if value.is_empty() {
                continue;
            }
            let before = sent.insert(name.clone().into_owned(), Value::from(value.into_owned()));
            if before.is_some() {
                problems.push(Problem {
                    path: vec![name.into_owned().into()],
                    ..Problem::of("", ProblemKind::Repeated)
                });
            }
        }
        let mut fields = Fields::new(sent);
        fields.problems = problems;
        let read = T::read(&mut fields);
        Ok(Self(fields.finish(read)?))
    }
}
