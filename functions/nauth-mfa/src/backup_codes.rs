//! `POST /nauth/mfa/backup-codes/generate`: new backup codes.

use axum::Json;
use axum::extract::State;
use edge::nauth::{BodyRefused, Busy, Member, NotFresh};
use edge::{Body, Meta, Nothing, Reply};
use flows::{FreshSession, Postern};
use serde::Serialize;
use utoipa::ToSchema;

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
        NotFresh, BodyRefused, Busy,
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
