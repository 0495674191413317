//! `POST /nauth/mfa/backup-codes/generate`: new backup codes.

use axum::Json;
use axum::extract::State;
use edge::nauth::{BodyRefused, Busy, Detail, Member};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{FreshSession, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// Nothing: the caller is the one it is about.
#[derive(Debug)]
pub struct Nothing;

impl FromFields for Nothing {
    fn read(_: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self)
    }
}

/// The codes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NAuthBackupCodes)]
pub struct Codes {
    /// Ten of eight characters, told this once.
    codes: Vec<String>,
}

/// Make new backup codes, within ten minutes of signing in with a factor. All earlier ones
/// are void.
///
/// # Errors
/// An account without a factor, or a sign-in that is too old.
#[utoipa::path(
    post, path = "/nauth/mfa/backup-codes/generate", operation_id = "nauth_mfa_backup_codes_generate", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Codes, description = "The codes"),
        (status = 401, body = Detail, description = "Not signed in"),
        (status = 403, body = Detail, description = "The sign-in is too old, or the account not in use"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(Nothing): Body<Nothing>,
) -> Reply<Codes> {
    let session = FreshSession::of(signed, meta.now)?;
    let codes = postern.renew_backup_codes(&meta, session).await?;
    Ok(Json(Codes { codes }))
}
