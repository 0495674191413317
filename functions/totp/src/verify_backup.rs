//! `POST /cfg/totp/verify/backup/`: complete a sign-in with a backup code.

use axum::Json;
use axum::extract::State;
use domain::Contract;
use edge::djangocfg::BodyRefused;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, SecondFactor};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::reply::{BadRequest, FactorError, SignedIn};

/// Which sign-in, and the code.
#[derive(Debug, ToSchema)]
pub struct VerifyBackupRequest {
    /// The 2FA session that the sign-in answered with.
    session_id: Uuid,
    /// Eight letters and digits, in capitals or not.
    #[schema(min_length = 8, max_length = 8)]
    backup_code: String,
}

impl FromFields for VerifyBackupRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let session_id = fields.text("session_id").uuid();
        let backup_code = fields.text("backup_code").pasted().min(8).max(8).required();
        Ok(Self {
            session_id: session_id?,
            backup_code: backup_code?,
        })
    }
}

/// Complete a sign-in with a backup code, which works once.
///
/// # Errors
/// A malformed body; a 2FA session or code that will not do; a limit.
#[utoipa::path(
    post, path = "/cfg/totp/verify/backup/", operation_id = "cfg_totp_verify_backup_create",
    tags = ["djangocfg", "cfg_totp_verify"], request_body = VerifyBackupRequest, security(()),
    responses(
        (status = 200, body = SignedIn, description = "Tokens"),
        (status = 400, body = BadRequest, description = "Malformed, a wrong code, too many of them, or a 2FA session that expired"),
        (status = 404, body = FactorError, description = "No such 2FA session, or completed already"),
        BodyRefused,
        (status = 429, body = FactorError, description = "Too many codes from one network or for one account"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<VerifyBackupRequest>,
) -> Reply<SignedIn> {
    let shown = SecondFactor::BackupCode(&asked.backup_code);
    let answer = postern
        .answer_challenge(&meta, Contract::Djangocfg, asked.session_id, shown)
        .await?;
    Ok(Json(SignedIn::by_backup_code(answer)))
}
