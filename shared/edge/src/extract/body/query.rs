//! A query, read as a form is: every problem at once, with its place.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{Error, Part};

use super::{FromFields, forms};
use crate::Refusal;

/// A query that holds what `T` needs. A parameter without a value counts as left
/// out.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<S: Sync, T: FromFields> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let text = parts.uri.query().unwrap_or_default();
        let mut fields = forms::urlencoded(text.as_bytes());
        let read = T::read(&mut fields);
        match fields.finish(read) {
            Ok(read) => Ok(Self(read)),
            Err(Error::Invalid(mut problems)) => {
                for problem in &mut problems {
                    problem.part = Part::Query;
                }
                Err(Error::Invalid(problems).into())
            }
            Err(error) => Err(error.into()),
        }
    }
}
