//! `POST /nauth/trust-device` and `GET /nauth/is-trusted-device`: whether the second factor
//! is asked for on this device.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::session::Delivery;
use edge::nauth::{BodyRefused, Detail, Member, NotSignedIn, with_device};
use edge::{Body, Meta, Nothing, Refusal, Reply};
use flows::{Postern, WholeSession};
use serde::Serialize;
use utoipa::ToSchema;

/// What the device keeps.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrustDeviceResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Trusted {
    /// What it sends in `X-Device-Token` when it signs in. Empty where tokens travel in
    /// cookies, which scripts do not read.
    device_token: String,
}

/// Whether the device is trusted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IsTrustedDeviceResponseDTO)]
pub struct IsTrusted {
    /// False without a token, too, and with one that has ended.
    trusted: bool,
}

/// Trust the device of the session that asks, for 30 days. Asked again, that session gets
/// the same token.
///
/// # Errors
/// A caller who is not signed in, or has not shown the second factor; or an installation
/// where users do not decide that.
#[utoipa::path(
    post, path = "/nauth/trust-device", operation_id = "nauth_trust_device", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Trusted, description = "Trusted"),
        (status = 401, body = Detail, description = "Not signed in"),
        (status = 403, body = Detail, description = "Not for users to decide here, or the second factor was not shown"),
        (status = 500, body = Detail, description = "AWS did not answer in time; Retry-After says when to try again"),
        BodyRefused,
    )
)]
pub async fn trust(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    member: Member,
    Body(Nothing): Body<Nothing>,
) -> Result<Response, Refusal> {
    let own = WholeSession::of(member.signed)?;
    let issued = postern.trust_device(&meta, &own).await?;
    let in_body = |device_token| Json(Trusted { device_token }).into_response();
    Ok(match member.delivery {
        Delivery::Body => in_body(issued.token.0.to_string()),
        Delivery::Cookies => with_device(in_body(String::new()), &issued, meta.now),
    })
}

/// Whether the caller trusts the device whose token the request brings.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/is-trusted-device", operation_id = "nauth_is_trusted_device", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses((status = 200, body = IsTrusted, description = "Whether it is"), NotSignedIn)
)]
pub async fn is_trusted(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    member: Member,
) -> Reply<IsTrusted> {
    let Member {
        signed,
        delivery,
        device,
    } = member;
    let trusted = postern
        .is_trusted_device(&meta, &signed, delivery, device)
        .await?;
    Ok(Json(IsTrusted { trusted }))
}
