//! `POST /admin/password-reset/email-send`: ask for a way back to a forgotten password.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use domain::password::reset::CASHLESS;
use edge::cashless::Texts;
use edge::fastapi::{BodyRefused, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// Whose password.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetEmailRequest {
    /// The address of the account.
    #[schema(value_type = String, min_length = 3, max_length = 254, pattern = r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    email: EmailAddress,
}

impl FromFields for PasswordResetEmailRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").min(3).max(254).email();
        fields.deny_unknown(&["email"]);
        Ok(Self { email: email? })
    }
}

/// Have a token sent to an address. The answer says nothing of whether anybody has it,
/// or whether a letter could be sent.
///
/// # Errors
/// A malformed body, or a limit.
#[utoipa::path(
    post, path = "/admin/password-reset/email-send",
    operation_id = "email_send_admin_password_reset_email_send_post",
    tags = ["cashless", "admin"], request_body = PasswordResetEmailRequest, security(()),
    responses(
        (status = 200, body = Texts, description = "Asked for"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 3 an hour for the address, known or not, or too many from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<PasswordResetEmailRequest>,
) -> Reply<Texts> {
    postern
        .request_password_reset(&meta, &asked.email, &CASHLESS)
        .await?;
    Ok(Json(Texts::message(
        "If the address has an account, a letter is on its way",
    )))
}
