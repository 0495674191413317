//! `POST /cfg/totp/setup/confirm/`: put an authenticator app in force.

use axum::Json;
use axum::extract::State;
use edge::djangocfg::{BodyRefused, NotSignedIn};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::reply::{BadRequest, FactorError, code};

/// Which app, and what it shows.
#[derive(Debug, ToSchema)]
pub struct ConfirmSetupRequest {
    /// The device that the set-up made.
    device_id: Uuid,
    /// Six digits.
    #[schema(min_length = 6, max_length = 6)]
    code: String,
}

impl FromFields for ConfirmSetupRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let (device_id, code) = (fields.text("device_id").uuid(), code(fields));
        Ok(Self {
            device_id: device_id?,
            code: code?,
        })
    }
}

/// The codes for the day on which the app is lost.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfirmSetupResponse)]
pub struct Confirmed {
    /// A sentence.
    message: &'static str,
    /// Ten codes, shown this once.
    backup_codes: Vec<String>,
    /// That they are shown once.
    backup_codes_warning: &'static str,
}

/// Put an authenticator app in force with its first code. Every other session of
/// the account ends.
///
/// # Errors
/// A caller that is not signed in or not freshly so; a code or device that will
/// not do; a limit.
#[utoipa::path(
    post, path = "/cfg/totp/setup/confirm/", operation_id = "cfg_totp_setup_confirm_create",
    tags = ["djangocfg", "cfg_totp_setup"], request_body = ConfirmSetupRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Confirmed, description = "In force, with its backup codes"),
        (status = 400, body = BadRequest, description = "Malformed, a wrong code, or a set-up that expired"),
        NotSignedIn,
        (status = 403, body = FactorError, description = "Signed in too long ago or without the factor in force, or nobody has proven the address"),
        (status = 404, body = FactorError, description = "No such device waits to be confirmed"),
        BodyRefused,
        (status = 429, body = FactorError, description = "Too many codes from one network or for one account"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
    Body(asked): Body<ConfirmSetupRequest>,
) -> Reply<Confirmed> {
    let backup_codes = postern
        .confirm_totp(&meta, signed, asked.device_id, &asked.code)
        .await?;
    Ok(Json(Confirmed {
        message: "2FA has been enabled",
        backup_codes,
        backup_codes_warning: "Save these codes now: they are not shown again, and each works once.",
    }))
}
