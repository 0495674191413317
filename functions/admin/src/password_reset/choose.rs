//! `POST /admin/password-reset/{token}`: replace a forgotten password.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use domain::password::reset::CASHLESS;
use edge::cashless::Texts;
use edge::fastapi::{BodyRefused, CutPath, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply, Segment};
use flows::Postern;
use utoipa::ToSchema;

const FIELD: &str = "new_password";

/// The new password.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetConfirmRequest {
    /// 8 to 128 characters of any kind.
    #[schema(value_type = String, min_length = 8, max_length = 128)]
    new_password: Password,
}

impl FromFields for PasswordResetConfirmRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let new_password = fields.new_password(FIELD);
        fields.deny_unknown(&[FIELD]);
        Ok(Self {
            new_password: new_password?,
        })
    }
}

/// Replace a password by the token that came by letter. Every session and the API key
/// end; a second factor stays, and is asked for at the next sign-in.
///
/// # Errors
/// A malformed body or a password that will not do, a token that will not, or a limit.
#[utoipa::path(
    post, path = "/admin/password-reset/{token}",
    operation_id = "confirm_admin_password_reset__token__post",
    tags = ["cashless", "admin"], request_body = PasswordResetConfirmRequest, security(()),
    params(("token" = String, Path, description = "The token")),
    responses(
        (status = 200, body = Texts, description = "Replaced"),
        (status = 410, body = Detail, description = "Unknown, used or expired: ask for another"),
        BodyRefused, CutPath,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Segment(token): Segment,
    Body(asked): Body<PasswordResetConfirmRequest>,
) -> Reply<Texts> {
    postern
        .reset_password(&meta, &CASHLESS, &token, FIELD, &asked.new_password)
        .await?;
    Ok(Json(Texts::message("Password has been reset")))
}
