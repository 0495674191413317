//! `GET /nauth/logout` and `POST /nauth/logout/all`: end the session, or all of them.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::session::Delivery;
use edge::nauth::{BodyRefused, Done, LoggedOutEverywhere, Member, NotSignedIn, with_cleared};
use edge::{Body, Fields, FromFields, Meta, Query, Refusal, Rejected};
use flows::{DeviceTrust, Postern};
use utoipa::{IntoParams, ToSchema};

/// Whether the device is forgotten, too.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Here {
    /// Ends the trust in the device, too.
    #[param(value_type = bool, required = false)]
    forget_me: bool,
}

impl FromFields for Here {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let forget_me = fields.flag("forgetMe").unwrap_or_default();
        Ok(Self { forget_me })
    }
}

/// Whether all devices are forgotten, too.
#[derive(Debug, ToSchema)]
#[schema(as = LogoutAllDTO, rename_all = "camelCase")]
pub struct Everywhere {
    /// Ends the trust in every device, too.
    #[schema(value_type = bool, required = false)]
    forget_devices: bool,
}

impl FromFields for Everywhere {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let forget_devices = fields.flag_or_null("forgetDevices").unwrap_or_default();
        Ok(Self { forget_devices })
    }
}

/// That the session has ended.
#[derive(ToSchema)]
#[schema(as = LogoutResponseDTO)]
#[allow(dead_code, reason = "for the document")]
pub struct LoggedOut {
    /// Always true.
    success: bool,
}

/// `answer` with the cookies of the session cleared, where it had any.
fn cleared_of(member: &Member, device: bool, answer: impl IntoResponse) -> Response {
    let response = answer.into_response();
    match member.delivery == Delivery::Cookies || device {
        true => with_cleared(response, device),
        false => response,
    }
}

/// End the session that asks.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/logout", operation_id = "nauth_logout", tags = ["nauth"],
    params(Here), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = LoggedOut, description = "Ended"),
        (status = 400, body = edge::nauth::Detail, description = "Malformed"),
        NotSignedIn,
    )
)]
pub async fn here(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    member: Member,
    Query(asked): Query<Here>,
) -> Result<Response, Refusal> {
    let trust = match asked.forget_me {
        true => DeviceTrust::Forget(member.device),
        false => DeviceTrust::Keep,
    };
    postern.sign_out(&meta, &member.signed, trust).await?;
    Ok(cleared_of(&member, asked.forget_me, Json(Done::YES)))
}

/// End every session of the account, the one that asks too.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    post, path = "/nauth/logout/all", operation_id = "nauth_logout_all", tags = ["nauth"],
    request_body = Everywhere, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = LoggedOutEverywhere, description = "Ended"),
        BodyRefused, NotSignedIn,
    )
)]
pub async fn everywhere(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    member: Member,
    Body(asked): Body<Everywhere>,
) -> Result<Response, Refusal> {
    let revoked_count = postern
        .sign_out_everywhere(&meta, &member.signed, asked.forget_devices)
        .await?;
    let answer = Json(LoggedOutEverywhere { revoked_count });
    Ok(cleared_of(&member, asked.forget_devices, answer))
}
