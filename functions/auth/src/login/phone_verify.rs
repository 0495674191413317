//! `POST /auth/login/phone/verify`: sign in by a code from a text message
//! (cashless).

use axum::Json;
use axum::extract::State;
use domain::{Contract, PhoneNumber};
use edge::cashless::TokenResponse;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// The number and its code.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyOTPRequest {
    /// The number that it was sent to, as E.164 writes it.
    #[schema(value_type = String)]
    phone: PhoneNumber,
    /// Its six digits.
    #[schema(min_length = 6, max_length = 6)]
    code: String,
}

impl FromFields for VerifyOTPRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let phone = fields.text("phone").e164();
        let code = fields.text("code").pasted().min(6).max(6).required();
        fields.deny_unknown(&["phone", "code"]);
        Ok(Self {
            phone: phone?,
            code: code?,
        })
    }
}

/// Trade a code for tokens. It is good once, for five minutes and five tries. The
/// first code of a number to come back makes its account. With a second factor the
/// tokens are pending ones.
///
/// # Errors
/// A malformed body, a code that will not do, or a limit.
#[utoipa::path(
    post, path = "/auth/login/phone/verify",
    operation_id = "login_phone_verify_auth_login_phone_verify_post",
    tags = ["cashless", "auth"], request_body = VerifyOTPRequest, security(()),
    responses(
        (status = 200, body = TokenResponse, description = "Tokens, or pending ones"),
        (status = 401, body = Detail, description = "Wrong, spent, expired, never sent, out of tries or locked"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<VerifyOTPRequest>,
) -> Reply<TokenResponse> {
    let phone = asked.phone.into();
    let signed_in = postern
        .verify_code(&meta, Contract::Cashless, &phone, &asked.code, "", None)
        .await?;
    Ok(Json(signed_in.into()))
}
