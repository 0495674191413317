//! `GET /cfg/totp/backup-codes/`: how many backup codes are left.

use axum::Json;
use axum::extract::State;
use domain::factors::BACKUP_CODES;
use edge::djangocfg::Detail;
use edge::{KeyOrUser, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::{FactorError, running_low};

/// How many there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BackupCodesStatus)]
pub struct Status {
    /// Codes that are unused.
    #[schema(value_type = u32)]
    remaining_count: usize,
    /// Codes that are made at a time.
    #[schema(value_type = u32)]
    total_generated: usize,
    /// That few are left.
    #[schema(required = false)]
    warning: Option<String>,
}

/// How many backup codes whoever is signed in has left.
///
/// # Errors
/// A caller that is not signed in; no factor in force.
#[utoipa::path(
    get, path = "/cfg/totp/backup-codes/", operation_id = "cfg_totp_backup_codes_retrieve",
    tags = ["djangocfg", "cfg_totp_backup_codes"], security(("jwtAuth" = []), ("apiKeyAuth" = [])),
    responses(
        (status = 200, body = Status, description = "Their number"),
        (status = 400, body = FactorError, description = "2FA is not enabled"),
        (status = 401, body = Detail, description = "Not signed in, or not an API key"),
        (status = 429, body = Detail, description = "Too many bad keys from one network"),
    )
)]
pub async fn handle(State(postern): State<Postern>, KeyOrUser(caller): KeyOrUser) -> Reply<Status> {
    let left = postern.backup_codes_left(caller.user()).await?;
    Ok(Json(Status {
        remaining_count: left,
        total_generated: BACKUP_CODES,
        warning: running_low(left),
    }))
}
