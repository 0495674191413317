//! Administrators as callers, and what their paths name.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use domain::{Error, Problem, ProblemKind};
use flows::{AdminSession, FreshAdmin, Postern};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::Member;
use crate::{Body, FromFields, Meta, Refusal};

/// An administrator with a live session, known by the credential that came by its way. The
/// role is read from the account's row with the session.
#[derive(Clone, Debug)]
pub struct AdminMember(pub AdminSession);

/// An administrator who has just signed in, with the second factor if there is one.
#[derive(Clone, Debug)]
pub struct FreshAdminMember(pub FreshAdmin);

impl FromRequestParts<Postern> for AdminMember {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Member { signed, .. } = Member::from_request_parts(parts, postern).await?;
        Ok(Self(AdminSession::of(signed)?))
    }
}

impl FromRequestParts<Postern> for FreshAdminMember {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let AdminMember(admin) = AdminMember::from_request_parts(parts, postern).await?;
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        Ok(Self(FreshAdmin::of(admin, meta.now)?))
    }
}

/// Whose account a path names, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "for the document")]
pub struct UserPath {
    /// The account.
    #[param(format = Uuid)]
    sub: String,
}

/// The account that a path names.
#[derive(Clone, Copy, Debug)]
pub struct OneUser(pub Uuid);

/// A body about the account that the path names. What is wrong with either is said in one
/// answer.
#[derive(Clone, Debug)]
pub struct UserBody<T>(pub Uuid, pub T);

/// The session that a path names, and its account.
#[derive(Clone, Copy, Debug)]
pub struct OneSession {
    /// The account.
    pub sub: Uuid,
    /// The session's number.
    pub number: u64,
}

/// What the segments of a path are, whichever it has.
#[derive(Deserialize)]
struct Segments {
    sub: String,
    #[serde(rename = "sessionId")]
    session_id: Option<String>,
}

async fn segments<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Segments, Error> {
    let named = Path::<Segments>::from_request_parts(parts, state).await;
    // A segment that is not UTF-8 names nothing; axum would answer in its own words.
    let Path(segments) = named.map_err(|_| Error::Missing)?;
    Ok(segments)
}

fn sub(segments: &Segments) -> Result<Uuid, Problem> {
    let sub = Uuid::try_parse(segments.sub.trim());
    sub.map_err(|_| Problem::of_path("sub", ProblemKind::NotAUuid))
}

impl<S: Send + Sync> FromRequestParts<S> for OneUser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let sub = sub(&segments(parts, state).await?);
        Ok(Self(sub.map_err(|problem| Error::Invalid(vec![problem]))?))
    }
}

impl<S: Send + Sync, T: FromFields> FromRequest<S> for UserBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let sub = sub(&segments(&mut parts, state).await?);
        let body = Body::read(Request::from_parts(parts, body)).await;
        match (sub, body) {
            (Ok(sub), Ok(body)) => Ok(Self(sub, body)),
            (Err(problem), Err(Error::Invalid(others))) => {
                let problems = std::iter::once(problem).chain(others).collect();
                Err(Error::Invalid(problems).into())
            }
            (Err(problem), Ok(_)) => Err(Error::Invalid(vec![problem]).into()),
            (_, Err(error)) => Err(error.into()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OneSession {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let segments = segments(parts, state).await?;
        let number = segments.session_id.as_deref().unwrap_or_default().parse();
        let number: Result<u64, _> =
            number.map_err(|_| Problem::of_path("sessionId", ProblemKind::NotAnId));
        match (sub(&segments), number) {
            (Ok(sub), Ok(number)) => Ok(Self { sub, number }),
            (sub, number) => {
                let problems = [sub.err(), number.err()].into_iter().flatten();
                Err(Error::Invalid(problems.collect()).into())
            }
        }
    }
}
