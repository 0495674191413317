//! Callers where an API key plays a part.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::Error;
use flows::{Caller, Postern, Signed};

use super::{User, bearer, fresh, note};
use crate::Refusal;

/// The header that carries an API key.
const API_KEY: &str = "x-api-key";

/// The holder of an API key, or somebody with a live session. The key is looked
/// at first; one that is no good does no harm beside a bearer that is.
#[derive(Clone, Debug)]
pub struct KeyOrUser(pub Caller);

impl FromRequestParts<Postern> for KeyOrUser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Some(key) = api_key(parts) else {
            let User(signed) = User::from_request_parts(parts, postern).await?;
            return Ok(Self(Caller::Signed(Box::new(signed))));
        };
        match postern.authenticate_key(&key).await {
            Ok(user) => {
                note(parts, user.sub);
                Ok(Self(Caller::Key(Box::new(user))))
            }
            Err(Error::Unauthenticated(_)) if bearer(parts).is_some() => {
                let User(signed) = User::from_request_parts(parts, postern).await?;
                Ok(Self(Caller::Signed(Box::new(signed))))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Somebody who signed in within the last minutes, with their second factor if
/// they have one: who may change what guards the account. An API key is
/// ignored beside a bearer and never enough.
#[derive(Clone, Debug)]
pub struct FreshUser(pub Signed);

impl FromRequestParts<Postern> for FreshUser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        if let (None, Some(key)) = (bearer(parts), api_key(parts)) {
            postern.authenticate_key(&key).await?;
            return Err(Error::StaleSignIn.into());
        }
        let User(signed) = User::from_request_parts(parts, postern).await?;
        fresh(parts, postern, &signed).await?;
        Ok(Self(signed))
    }
}

/// The API key that was sent, if one was. An empty one is what clients send
/// that have none.
pub(super) fn api_key(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(API_KEY)?;
    // What is no text is no key, but was sent as one.
    let text = value.to_str().unwrap_or("?").trim();
    (!text.is_empty()).then(|| text.to_owned())
}
