//! `POST /auth/enable-2fa`: put the second factor in force.

use axum::Json;
use axum::extract::State;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, NotSignedIn};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// A code of the factor.
#[derive(Debug, ToSchema)]
#[schema(as = Enable2FARequest)]
pub struct Code {
    /// Six digits, or where a factor is in force one of its backup codes.
    pub code: String,
}

impl FromFields for Code {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let code = fields.text("code").code().max(64).required();
        Ok(Self { code: code? })
    }
}

/// That it is in force.
#[derive(Serialize, ToSchema)]
#[schema(as = Enabled2FA)]
pub struct Enabled {
    /// A sentence.
    message: &'static str,
    /// Codes for when the factor is lost, each good once. Told this once.
    backup_codes: Vec<String>,
}

/// Put the factor that was begun with `/auth/generate-2fa-code` in force. Every
/// other session ends.
///
/// # Errors
/// A wrong code, a factor that is in force, or a sign-in that is too old.
#[utoipa::path(
    post, path = "/auth/enable-2fa", operation_id = "enable_2fa_auth_enable_2fa_post",
    tags = ["auth-service", "auth"], request_body = Code, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Enabled, description = "In force"),
        (status = 400, body = Detail, description = "A wrong code, or in force already"),
        NotSignedIn,
        (status = 403, body = Detail, description = "The sign-in is too old, or nobody has proven the address"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many tries"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
    Body(asked): Body<Code>,
) -> Reply<Enabled> {
    let backup_codes = postern.enable_totp(&meta, signed, &asked.code).await?;
    Ok(Json(Enabled {
        message: "2FA enabled successfully",
        backup_codes,
    }))
}
