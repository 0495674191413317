//! Callers where an API key plays a part.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{AuthFailure, Error};
use flows::{Caller, FreshSession, Postern, ProvenSession, Signed};

use super::{User, bearer, note};
use crate::{Meta, Refusal};

/// The header that carries an API key.
const API_KEY: &str = "x-api-key";

/// The holder of an API key, or a user with a live session. The key is checked first; a
/// bad one is ignored, and not counted, if the request has a good bearer, too, or one of ours
/// whose time is over: clients send old keys for years.
#[derive(Clone, Debug)]
pub struct KeyOrUser(pub Caller);

impl FromRequestParts<Postern> for KeyOrUser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Some(key) = api_key(parts) else {
            let User(signed) = User::from_request_parts(parts, postern).await?;
            return Ok(Self(Caller::Signed(Box::new(signed))));
        };
        let why = match postern.authenticate_key(&key).await {
            Ok(user) => {
                note(parts, user.sub);
                return Ok(Self(Caller::Key(Box::new(user))));
            }
            Err(Error::Unauthenticated(_)) if bearer(parts).is_some() => {
                match User::from_request_parts(parts, postern).await {
                    Ok(User(signed)) => return Ok(Self(Caller::Signed(Box::new(signed)))),
                    // It is to be refreshed, which a client that is told to wait would not do.
                    Err(Refusal(why @ Error::Unauthenticated(AuthFailure::ExpiredToken))) => {
                        return Err(why.into());
                    }
                    Err(Refusal(why)) => why,
                }
            }
            Err(why) => why,
        };
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        Err(postern.count_bad_key(&meta, why).await.into())
    }
}

/// A person who may change credentials of their account: see
/// [`flows::FreshSession`]. An API key is ignored beside a bearer and never enough.
#[derive(Clone, Debug)]
pub struct FreshUser(pub FreshSession);

impl FromRequestParts<Postern> for FreshUser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let signed = present(parts, postern).await?;
        Ok(Self(FreshSession::of(signed, meta.now)?))
    }
}

/// The same for an account that has proven its address, and so may set up what outlasts a
/// session.
#[derive(Clone, Debug)]
pub struct ProvenUser(pub ProvenSession);

impl FromRequestParts<Postern> for ProvenUser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let FreshUser(fresh) = FreshUser::from_request_parts(parts, postern).await?;
        Ok(Self(ProvenSession::of(fresh)?))
    }
}

/// The same as [`FreshUser`] but for the second factor, which the request shows.
#[derive(Clone, Debug)]
pub struct FreshButFactor(pub flows::FreshButFactor);

impl FromRequestParts<Postern> for FreshButFactor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let signed = present(parts, postern).await?;
        Ok(Self(flows::FreshButFactor::of(signed, meta.now)?))
    }
}

/// The signed-in user. A good API key alone is refused as a stale sign-in: it does not
/// prove that its owner is present.
async fn present(parts: &mut Parts, postern: &Postern) -> Result<Signed, Refusal> {
    if let (None, Some(key)) = (bearer(parts), api_key(parts)) {
        let Err(why) = postern.authenticate_key(&key).await else {
            return Err(Error::StaleSignIn.into());
        };
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        return Err(postern.count_bad_key(&meta, why).await.into());
    }
    let User(signed) = User::from_request_parts(parts, postern).await?;
    Ok(signed)
}

/// The API key that was sent, if one was. Clients that have none send an empty one.
pub(super) fn api_key(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(API_KEY)?;
    // What is no text is no key, but was sent as one.
    let text = value.to_str().unwrap_or("?").trim();
    (!text.is_empty()).then(|| text.to_owned())
}
