//! `POST /oauth/device_authorization`: RFC 8628 §3.1 and §3.2.

use axum::Json;
use axum::extract::State;
use edge::{BasicClient, Fields, Form, FromFields, Meta, Rejected, Reply};
use flows::{DeviceCodes, Postern};
use serde::Serialize;
use utoipa::ToSchema;

use crate::credentials::Shown;
use crate::reply::OAuthError;

/// Who asks. A `scope` is ignored: there is one, the account.
#[derive(ToSchema)]
pub struct DeviceAuthorizationRequest {
    /// The client, as at the token endpoint.
    #[schema(inline)]
    #[serde(flatten)]
    client: Shown,
}

impl FromFields for DeviceAuthorizationRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            client: Shown::read(fields)?,
        })
    }
}

/// What to show and what to keep.
#[derive(Serialize, ToSchema)]
#[schema(as = DeviceAuthorizationResponse)]
pub struct Started {
    /// What to poll with.
    device_code: String,
    /// What the person types.
    user_code: String,
    /// Where they type it.
    #[schema(format = Uri)]
    verification_uri: String,
    /// The same with the code in it, for a QR code.
    #[schema(format = Uri)]
    verification_uri_complete: String,
    /// Seconds for which both codes are good.
    expires_in: u64,
    /// Seconds to leave between two polls.
    interval: u64,
}

impl From<DeviceCodes> for Started {
    fn from(codes: DeviceCodes) -> Self {
        Self {
            verification_uri_complete: codes.verification_uri_complete(),
            user_code: codes.user_code.to_string(),
            device_code: codes.device_code,
            verification_uri: codes.verification_uri,
            expires_in: codes.expires_in,
            interval: codes.interval,
        }
    }
}

/// Begin a device authorization for a registered client.
///
/// # Errors
/// `invalid_request`, `invalid_client`, or a limit.
#[utoipa::path(
    post, path = "/oauth/device_authorization", operation_id = "oauth_device_authorization",
    tags = ["ravi", "OAuth"], security(()),
    request_body(content((DeviceAuthorizationRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, body = Started, description = "The codes"),
        (status = 400, body = OAuthError, description = "Malformed, or no such client"),
        (status = 401, body = OAuthError, description = "A client that did not show who it is"),
        (status = 413, body = OAuthError, description = "Larger than any form of ours"),
        (status = 415, body = OAuthError, description = "Not a form"),
        (status = 429, body = OAuthError, description = "Too many from one network"),
        (status = 503, body = OAuthError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    BasicClient(header): BasicClient,
    Form(asked): Form<DeviceAuthorizationRequest>,
) -> Reply<Started> {
    let client = asked.client.with(header.as_ref())?;
    let codes = postern.request_device(&meta, Some(client)).await?;
    Ok(Json(codes.into()))
}
