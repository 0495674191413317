//! `DELETE /cfg/totp/devices/{id}/`: remove an authenticator app.

use axum::extract::State;
use axum::http::StatusCode;
use edge::djangocfg::{BodyRefused, NotSignedIn};
use edge::{Body, Fields, FromFields, Id, Meta, Refusal, Rejected};
use flows::Postern;
use utoipa::ToSchema;

use crate::reply::{BadRequest, FactorError};

/// What the last app in force shows.
#[derive(Debug, ToSchema)]
pub struct DeviceDeleteRequest {
    /// Six digits.
    #[schema(value_type = String, min_length = 6, max_length = 6, required = false)]
    code: Option<String>,
}

impl FromFields for DeviceDeleteRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let code = fields.text("code").bare().min(6).max(6).digits().optional();
        Ok(Self { code })
    }
}

/// Remove an authenticator app. The last one in force goes only for a code, which
/// the body holds; then a sign-in asks for no second factor any more.
///
/// # Errors
/// A caller that is not signed in or, for an app in force, not freshly so; a code
/// or device that will not do; a limit.
#[utoipa::path(
    delete, path = "/cfg/totp/devices/{id}/", operation_id = "cfg_totp_devices_destroy",
    tags = ["djangocfg", "cfg_totp"], request_body = Option<DeviceDeleteRequest>, security(("jwtAuth" = [])),
    params(("id" = Uuid, Path, description = "The device")),
    responses(
        (status = 204, description = "Gone"),
        (status = 400, body = BadRequest, description = "Malformed, a code missing or wrong"),
        NotSignedIn,
        (status = 403, body = FactorError, description = "Signed in too long ago, or without the factor in force"),
        (status = 404, body = FactorError, description = "No such device"),
        BodyRefused,
        (status = 429, body = FactorError, description = "Too many codes from one network or for one account"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
    Id(id): Id,
    Body(asked): Body<DeviceDeleteRequest>,
) -> Result<StatusCode, Refusal> {
    postern
        .remove_totp_device(&meta, signed, id, asked.code.as_deref())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
