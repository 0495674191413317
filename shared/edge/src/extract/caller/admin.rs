//! Administrators.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{AuthFailure, Error};
use flows::{AdminSession, Postern};
use uuid::Uuid;

use super::{User, bearer};
use crate::{Meta, Refusal};

/// An administrator with a live session that was begun by more than four digits.
/// No API key will do.
#[derive(Clone, Debug)]
pub struct Admin(pub AdminSession);

impl FromRequestParts<Postern> for Admin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let User(signed) = User::from_request_parts(parts, postern).await?;
        Ok(Self(AdminSession::of(signed)?))
    }
}

/// An administrator who signed in within the last minutes, by more than four digits and
/// with the second factor if there is one, and so may give others rights or keys. No API
/// key will do.
#[derive(Clone, Debug)]
pub struct FreshAdmin(pub flows::FreshAdmin);

impl FromRequestParts<Postern> for FreshAdmin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        // A fresh sign-in would not help a caller who is no administrator.
        let Admin(admin) = Admin::from_request_parts(parts, postern).await?;
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        Ok(Self(flows::FreshAdmin::of(admin, meta.now)?))
    }
}

/// An administrator who showed a second factor within the hours that the installation
/// sets, and so may do what cannot be undone (cashless).
#[derive(Clone, Debug)]
pub struct VerifiedAdmin(pub AdminSession);

impl FromRequestParts<Postern> for VerifiedAdmin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Admin(admin) = Admin::from_request_parts(parts, postern).await?;
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        postern.showed_factor_lately(&admin, meta.now)?;
        Ok(Self(admin))
    }
}

/// The caller of the one route that takes a second factor for two purposes (cashless): a
/// user of any role whose sign-in waits for it, or a signed-in administrator.
#[derive(Clone, Debug)]
pub enum PendingOrAdmin {
    /// The sign-in that waits.
    Pending(Uuid),
    /// The administrator.
    Admin(Box<AdminSession>),
}

impl FromRequestParts<Postern> for PendingOrAdmin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let token = bearer(parts).ok_or(Error::Unauthenticated(AuthFailure::Missing))?;
        // Signature and type decide, in memory: a token is never both.
        if let Ok(waiting) = postern.waiting_sign_in(token, &meta) {
            return Ok(Self::Pending(waiting));
        }
        let Admin(admin) = Admin::from_request_parts(parts, postern).await?;
        Ok(Self::Admin(Box::new(admin)))
    }
}
