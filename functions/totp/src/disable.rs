//! `POST /cfg/totp/disable/`: do without a second factor.

use axum::Json;
use axum::extract::State;
use edge::djangocfg::{BodyRefused, NotSignedIn};
use edge::{Body, Fields, FreshButFactor, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::{BadRequest, FactorError, code};

/// What the app shows.
#[derive(Debug, ToSchema)]
pub struct DisableRequest {
    /// Six digits.
    #[schema(min_length = 6, max_length = 6)]
    code: String,
}

impl FromFields for DisableRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        code(fields).map(|code| Self { code })
    }
}

/// That it is done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DisableResponse)]
pub struct Disabled {
    /// A sentence.
    message: &'static str,
}

/// Take every authenticator app and backup code out of force. Every other session
/// of the account ends.
///
/// # Errors
/// A caller that is not signed in or not freshly so; a wrong code; no factor in
/// force; a limit.
#[utoipa::path(
    post, path = "/cfg/totp/disable/", operation_id = "cfg_totp_disable_create",
    tags = ["djangocfg", "cfg_totp"], request_body = DisableRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Disabled, description = "Done"),
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
    Body(asked): Body<DisableRequest>,
) -> Reply<Disabled> {
    postern.disable_totp(&meta, session, &asked.code).await?;
    Ok(Json(Disabled {
        message: "2FA has been disabled",
    }))
}
