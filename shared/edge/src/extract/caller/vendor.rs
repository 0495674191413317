//! Vendors.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::vendor::Vendor;
use domain::{AuthFailure, Error};
use flows::Postern;

use super::{bearer, note};
use crate::{Meta, Refusal};

/// A vendor with a token of its own, made in its current epoch. No user's token is
/// accepted here, and no user's route accepts this one.
#[derive(Clone, Debug)]
pub struct VendorCaller(pub Vendor);

impl FromRequestParts<Postern> for VendorCaller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let token = bearer(parts).ok_or(Error::Unauthenticated(AuthFailure::Missing))?;
        let vendor = postern.authenticate_vendor(token, &meta).await?;
        note(parts, vendor.id);
        Ok(Self(vendor))
    }
}
