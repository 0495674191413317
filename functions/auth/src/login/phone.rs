//! `POST /auth/login/phone`: a code by text message (cashless).

use axum::Json;
use axum::extract::State;
use domain::PhoneNumber;
use edge::cashless::Texts;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// Where to send it.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneLoginRequest {
    /// A number as E.164 writes it, `+` and the calling code first, of a country that
    /// the operator sends texts to.
    #[schema(value_type = String)]
    phone: PhoneNumber,
}

impl FromFields for PhoneLoginRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let phone = fields.text("phone").e164();
        fields.deny_unknown(&["phone"]);
        Ok(Self { phone: phone? })
    }
}

/// Send a code to a number, the same one while it is good. Known and unknown numbers
/// are answered alike; the code is never in the answer.
///
/// # Errors
/// A malformed body, a limit, or SNS that does not take the text.
#[utoipa::path(
    post, path = "/auth/login/phone", operation_id = "login_phone_auth_login_phone_post",
    tags = ["cashless", "auth"], request_body = PhoneLoginRequest, security(()),
    responses(
        (status = 200, body = Texts, description = "It is on its way"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed, or a country that texts do not go to"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network; or one in 30 seconds, 5 an hour or 10 a day to one number; or the day's budget of the whole stack"),
        (status = 503, body = Detail, description = "The text could not be sent and does not count, or AWS did not answer in time"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<PhoneLoginRequest>,
) -> Reply<Texts> {
    postern.request_code(&meta, &asked.phone.into(), "").await?;
    Ok(Json(Texts::message("OTP sent")))
}
