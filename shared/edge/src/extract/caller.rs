//! Who is calling, as a handler's argument.

mod admin;
mod agent;
mod browser;
mod client;
mod holder;
mod key;
mod pending;
mod service;
mod vendor;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::{AuthFailure, Error};
use flows::{Postern, Signed};

pub use admin::{Admin, FreshAdmin, PendingOrAdmin, VerifiedAdmin};
pub use agent::{AgentKey, ManagementKey};
pub use browser::{Browser, BrowserCookie, RequestCookie};
pub use client::BasicClient;
pub use holder::TokenBearer;
pub use key::{FreshButFactor, FreshUser, KeyOrUser, ProvenUser};
pub use pending::Pending;
pub use service::Introspector;
pub use vendor::VendorCaller;

use crate::lambda::log::CallerId;
use crate::{Meta, Refusal};

/// A user with a live session: a bearer token (RFC 6750 §2.1) whose session and account
/// were good a moment ago.
#[derive(Clone, Debug)]
pub struct User(pub Signed);

impl FromRequestParts<Postern> for User {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let token = bearer(parts).ok_or(Error::Unauthenticated(AuthFailure::Missing))?;
        let signed = postern.authenticate(token, &meta).await?;
        note(parts, signed.user.sub);
        Ok(Self(signed))
    }
}

/// The bearer of a request that needs none, unread: an expired one, or another account's,
/// counts as none.
#[derive(Clone, Debug)]
pub struct Bearer(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(bearer(parts).map(str::to_owned)))
    }
}

/// Tells the log whose request this is.
pub(crate) fn note(parts: &Parts, sub: uuid::Uuid) {
    if let Some(id) = parts.extensions.get::<CallerId>() {
        id.set(sub);
    }
}

/// The token of an `Authorization: Bearer` header. Any other scheme is no
/// credential here, as if there were none.
pub(crate) fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts
        .headers
        .get(AUTHORIZATION)?
        .to_str()
        .ok()?
        .trim()
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
