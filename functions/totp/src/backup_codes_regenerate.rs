//! `POST /cfg/totp/backup-codes/regenerate/`: new backup codes.

use axum::Json;
use axum::extract::State;
use edge::djangocfg::{BodyRefused, NotSignedIn};
use edge::{Body, Fields, FreshButFactor, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::{BadRequest, FactorError, code};

/// What the primary app shows.
#[derive(Debug, ToSchema)]
pub struct BackupCodesRegenerateRequest {
    /// Six digits.
    #[schema(min_length = 6, max_length = 6)]
    code: String,
}

impl FromFields for BackupCodesRegenerateRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        code(fields).map(|code| Self { code })
    }
}

/// The new codes.
#[derive(Serialize, ToSchema)]
#[schema(as = BackupCodesRegenerateResponse)]
pub struct Regenerated {
    /// Ten codes, shown this once.
    backup_codes: Vec<String>,
    /// That the old ones are dead.
    warning: &'static str,
}

/// Make new backup codes. The old ones stop working.
///
/// # Errors
/// A caller that is not signed in or not freshly so; a wrong code; no factor in
/// force; a limit.
#[utoipa::path(
    post, path = "/cfg/totp/backup-codes/regenerate/", operation_id = "cfg_totp_backup_codes_regenerate_create",
    tags = ["djangocfg", "cfg_totp_backup_codes"], request_body = BackupCodesRegenerateRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Regenerated, description = "The new codes"),
        (status = 400, body = BadRequest, description = "Malformed, a wrong code, or 2FA is not enabled"),
        NotSignedIn,
        (status = 403, body = FactorError, description = "Signed in too long ago"),
        BodyRefused,
        (status = 429, body = FactorError, description = "Too many codes from one network or for one account"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshButFactor(session): FreshButFactor,
    Body(asked): Body<BackupCodesRegenerateRequest>,
) -> Reply<Regenerated> {
    let backup_codes = postern
        .regenerate_backup_codes(&meta, session, &asked.code)
        .await?;
    Ok(Json(Regenerated {
        backup_codes,
        warning: "All earlier backup codes have stopped working. Save these now: they are not shown again.",
    }))
}
