//! What a path names, as a handler's argument.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::{Error, Problem, ProblemKind};
use uuid::Uuid;

use crate::Refusal;

/// The one UUID in the path. A path with anything else in its place leads
/// nowhere, which is not worth another answer than that.
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
        // What is not UTF-8 names nobody; axum would say it in its own words.
        let Path(name) = named.map_err(|_| Error::Missing)?;
        Ok(Self(name))
    }
}

/// The one segment in the path that is to be an integer id.
#[derive(Clone, Debug)]
pub struct Number(pub Digits);

/// A segment that is an integer, or is not.
#[derive(Clone, Debug)]
pub struct Digits(Option<u64>);

impl Digits {
    /// The integer, or what is wrong with the segment `name`. A negative one is an
    /// integer like any other, and nobody's id.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn get(&self, name: &'static str) -> Result<u64, Error> {
        let problem = || Error::Invalid(vec![Problem::of_path(name, ProblemKind::NotAnId)]);
        self.0.ok_or_else(problem)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let number = named.ok().and_then(|Path(text)| text.parse::<i128>().ok());
        // No id is as large as the largest number, so neither is that.
        let id = number.map(|number| u64::try_from(number).unwrap_or(u64::MAX));
        Ok(Self(Digits(id)))
    }
}

/// The one whole number in the path, named `key_id`.
#[derive(Clone, Copy, Debug)]
pub struct KeyId(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for KeyId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let id = named.ok().and_then(|Path(id)| id.parse().ok());
        let problem = Problem::of_path("key_id", ProblemKind::NotAnInteger);
        Ok(Self(id.ok_or(Error::Invalid(vec![problem]))?))
    }
}
