//! What a path names, as a handler's argument.

use axum::extract::{FromRequest, FromRequestParts, Path, RawPathParams, Request};
use axum::http::request::Parts;
use domain::{Error, Problem, ProblemKind};
use uuid::Uuid;

use crate::{Body, FromFields, Refusal};

/// The one UUID in the path. A path with anything else in its place is answered as one
/// that leads nowhere.
#[derive(Clone, Copy, Debug)]
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let id = named.ok().and_then(|Path(id)| Uuid::try_parse(&id).ok());
        Ok(Self(id.ok_or(Error::Missing)?))
    }
}

/// The one segment in the path that is a name, decoded.
#[derive(Clone, Debug)]
pub struct Segment(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        // A segment that is not UTF-8 names nothing; axum would answer in its own words.
        let Path(name) = named.map_err(|_| Error::Missing)?;
        Ok(Self(name))
    }
}

/// The one integer id in the path. A negative one is well-formed, but no such id exists.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        Ok(Self(number(parts, state).await?))
    }
}

/// A body about the thing whose integer id is in the path. What is wrong with
/// either is said in one answer.
#[derive(Clone, Debug)]
pub struct BodyAt<T>(pub u64, pub T);

impl<S: Send + Sync, T: FromFields> FromRequest<S> for BodyAt<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let id = number(&mut parts, state).await;
        let request = Request::from_parts(parts, body);
        match (id, Body::read(request).await) {
            (Ok(id), Ok(body)) => Ok(Self(id, body)),
            // The path leads nowhere, whatever the body holds.
            (Err(Error::Missing), _) => Err(Error::Missing.into()),
            (Err(Error::Invalid(mut problems)), Err(Error::Invalid(others))) => {
                problems.extend(others);
                Err(Error::Invalid(problems).into())
            }
            (_, Err(error)) | (Err(error), _) => Err(error.into()),
        }
    }
}

/// The integer in the path.
///
/// # Errors
/// [`Error::Invalid`] if the parameter is none, [`Error::Missing`] if it is not even
/// text.
async fn number<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<u64, Error> {
    let named = RawPathParams::from_request_parts(parts, state).await;
    // What is not UTF-8 names nothing; axum would say it in its own words.
    let named = named.map_err(|_| Error::Missing)?;
    let (name, text) = named.iter().next().ok_or(Error::Missing)?;
    let number: i128 = text.parse().map_err(|_| {
        let problem = Problem::of_path(name.to_owned(), ProblemKind::NotAnId);
        Error::Invalid(vec![problem])
    })?;
    // A negative number becomes the largest one, which is no id either.
    Ok(u64::try_from(number).unwrap_or(u64::MAX))
}
