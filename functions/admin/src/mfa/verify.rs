//! `POST /admin/mfa/verify`: show a second factor, for whichever step needs it.

use axum::Json;
use axum::extract::State;
use edge::cashless::TokenResponse;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, PendingOrAdmin, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// A code of an authenticator.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MFAVerifyRequest {
    /// Six digits.
    #[schema(min_length = 6, max_length = 6)]
    code: String,
}

impl FromFields for MFAVerifyRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let code = fields.text("code").pasted().min(6).max(6).required();
        fields.deny_unknown(&["code"]);
        Ok(Self { code: code? })
    }
}

/// Show a second factor. With a pending token it completes the sign-in. With an
/// administrator's access token it puts the authenticator that is being set up in
/// force, in place of the one before (every other session ends), or shows the one in
/// force; the tokens then carry `mfa_verified_at`, and replace those of the session.
///
/// # Errors
/// A caller who may not, a wrong code or one that was used, or a limit.
#[utoipa::path(
    post, path = "/admin/mfa/verify", operation_id = "mfa_verify_admin_mfa_verify_post",
    tags = ["cashless", "admin"], request_body = MFAVerifyRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = TokenResponse, description = "Tokens that say so"),
        (status = 400, body = Detail, description = "There is no authenticator to take a code of"),
        (status = 401, body = Detail, description = "A wrong code, or a bearer that is no good"),
        (status = 403, body = Detail, description = "Not an administrator, signed in too long ago, or no tries left"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 10 a minute from one network, or too many wrong codes in one session or for one account"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    caller: PendingOrAdmin,
    Body(asked): Body<MFAVerifyRequest>,
) -> Reply<TokenResponse> {
    let tokens = match caller {
        PendingOrAdmin::Pending(waiting) => {
            postern.answer_pending(&meta, waiting, &asked.code).await?
        }
        PendingOrAdmin::Admin(admin) => postern.show_factor(&meta, *admin, &asked.code).await?,
    };
    Ok(Json(tokens.into()))
}
