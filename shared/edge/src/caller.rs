//! Who is calling, as a handler's argument.

mod admin;
mod agent;
mod browser;
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
pub use browser::Browser;
pub use holder::Holder;
pub use key::{FreshUser, KeyOrUser};
pub use pending::Pending;
pub use service::Introspector;
pub use vendor::VendorCaller;

use crate::log::CallerId;
use crate::{Meta, Refusal};

/// Somebody with a live session: a bearer token (RFC 6750 §2.1) whose session
/// and account stood a moment ago.
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

/// Refuses a sign-in that was not made just now, with the second factor if there is
/// one.
async fn fresh(parts: &mut Parts, postern: &Postern, signed: &Signed) -> Result<(), Refusal> {
    let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
    if signed.session.may_change_guards(&signed.user, meta.now) {
        return Ok(());
    }
    Err(Error::StaleSignIn.into())
}

/// Tells the log whose request this is.
fn note(parts: &Parts, sub: uuid::Uuid) {
    if let Some(id) = parts.extensions.get::<CallerId>() {
        id.set(sub);
    }
}

/// The token of an `Authorization: Bearer` header. Any other scheme is no
/// credential here, as if there were none.
fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts
        .headers
        .get(AUTHORIZATION)?
        .to_str()
        .ok()?
        .trim()
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
