//! Callers who are signed in.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use domain::session::Delivery;
use domain::trusted_device::DeviceToken;
use flows::{Postern, Signed};

use super::channel::Channel;
use crate::extract::caller::note;
use crate::{Meta, Refusal};

/// A user with a live session, known by the credential that came by the session's way. A
/// request that changes something and is known by cookie has shown the CSRF token.
#[derive(Clone, Debug)]
pub struct Member {
    /// The user.
    pub signed: Signed,
    /// How the session's tokens travel.
    pub delivery: Delivery,
    /// The token of a trusted device, if one came by the same way.
    pub device: Option<DeviceToken>,
}

impl FromRequestParts<Postern> for Member {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let Ok(channel) = Channel::from_request_parts(parts, postern).await;
        let (delivery, token) = channel.access()?;
        let signed = postern.authenticate_member(token, delivery, &meta).await?;
        note(parts, signed.user.sub);
        let changes = parts.method != Method::GET && parts.method != Method::HEAD;
        if delivery == Delivery::Cookies && changes {
            let (cookie, header) = channel.csrf();
            postern.check_csrf(&signed, cookie, header)?;
        }
        let device = channel.device(delivery);
        Ok(Self {
            signed,
            delivery,
            device,
        })
    }
}
