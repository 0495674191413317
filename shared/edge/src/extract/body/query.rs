//! A query, read as a form is: every problem at once, with its place.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{Error, Part};

use super::{FromFields, forms};
use crate::Refusal;

/// A query in which parameters may stand several times, also with `[]` behind their names:
/// see [`Fields::list`].
#[derive(Clone, Debug)]
pub struct ListQuery<T>(pub T);

impl<S: Sync, T: FromFields> FromRequestParts<S> for ListQuery<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let text = parts.uri.query().unwrap_or_default();
        let mut fields = forms::repeatable(text.as_bytes());
        let read = T::read(&mut fields);
        fields.say_repeated();
        Ok(Self(of_query(fields.finish(read))?))
    }
}

/// `read` with its problems in the query.
fn of_query<T>(read: Result<T, Error>) -> Result<T, Error> {
    read.map_err(|error| match error {
        Error::Invalid(mut problems) => {
            for problem in &mut problems {
                problem.part = Part::Query;
            }
            Error::Invalid(problems)
        }
        error => error,
    })
}

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
        Ok(Self(of_query(fields.finish(read))?))
    }
}
