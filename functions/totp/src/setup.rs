//! `POST /cfg/totp/setup/`: begin to set up an authenticator app.

use axum::Json;
use axum::extract::State;
use edge::djangocfg::{BodyRefused, NotSignedIn};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::{BadRequest, FactorError};
use edge::qr;

/// What the app is to be called.
#[derive(Debug, ToSchema)]
pub struct SetupRequest {
    /// A name by which its owner knows it.
    #[schema(
        min_length = 1,
        max_length = 100,
        required = false,
        default = "Authenticator"
    )]
    device_name: String,
}

impl FromFields for SetupRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let device_name = fields.text("device_name").min(1).max(100).optional();
        Ok(Self {
            device_name: device_name.unwrap_or_else(|| "Authenticator".to_owned()),
        })
    }
}

/// A secret, in three ways to get it into an app.
#[derive(Serialize, ToSchema)]
#[schema(as = SetupResponse)]
pub struct SetUp {
    /// What to confirm it by.
    #[schema(format = Uuid)]
    device_id: String,
    /// In base32, to type.
    secret: String,
    /// As an `otpauth` address, to open.
    provisioning_uri: String,
    /// As a picture (a PNG in a `data:` URI), to scan.
    qr_code_base64: String,
    /// Seconds in which to confirm it.
    expires_in: u64,
}

/// Begin to set up an authenticator app. It guards nothing until it is confirmed.
/// Takes a sign-in of the last ten minutes.
///
/// # Errors
/// A caller that is not signed in or not freshly so; a factor in force.
#[utoipa::path(
    post, path = "/cfg/totp/setup/", operation_id = "cfg_totp_setup_create",
    tags = ["djangocfg", "cfg_totp_setup"], request_body = Option<SetupRequest>, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = SetUp, description = "What the app needs"),
        (status = 400, body = BadRequest, description = "Malformed, or 2FA is enabled already"),
        NotSignedIn,
        (status = 403, body = FactorError, description = "Signed in too long ago, or nobody has proven the address"),
        BodyRefused,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
    Body(asked): Body<SetupRequest>,
) -> Reply<SetUp> {
    let set_up = postern
        .set_up_totp(&meta, signed, &asked.device_name)
        .await?;
    Ok(Json(SetUp {
        device_id: set_up.device.to_string(),
        qr_code_base64: qr::data_uri(&set_up.uri)?,
        secret: set_up.secret,
        provisioning_uri: set_up.uri,
        expires_in: set_up.expires_in,
    }))
}
