//! `POST /cfg/accounts/otp/request/`: send a sign-in code.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::CodeError;
use edge::djangocfg::BodyRefused;

/// Whom to send a code.
#[derive(Debug, ToSchema)]
pub struct OTPRequestRequest {
    /// The e-mail address.
    #[schema(value_type = String, min_length = 1)]
    identifier: EmailAddress,
    /// The page that asks; its host is remembered as where the account came from.
    #[schema(value_type = String, format = Uri, required = false)]
    source_url: Option<String>,
}

impl FromFields for OTPRequestRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let identifier = fields.text("identifier").email();
        let source_url = fields.text("source_url").url_host();
        Ok(Self {
            identifier: identifier?,
            source_url,
        })
    }
}

/// That it was sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OTPRequestResponse)]
pub struct Sent {
    /// A sentence.
    message: &'static str,
}

/// Send a sign-in code by e-mail. The same code while it is good; the account
/// itself is made by the first code that comes back.
///
/// # Errors
/// A malformed address, a limit, or a letter that SES does not take.
#[utoipa::path(
    post, path = "/cfg/accounts/otp/request/", operation_id = "cfg_accounts_otp_request_create",
    tags = ["djangocfg", "cfg_accounts"], request_body = OTPRequestRequest, security(()),
    responses(
        (status = 200, body = Sent, description = "A letter is on its way"),
        (status = 400, body = CodeError, description = "Malformed; also maps each field to its problems"),
        BodyRefused,
        (status = 429, body = CodeError, description = "Cooldown, hourly, daily or per-address limit"),
        (status = 500, body = CodeError, description = "The letter was not taken, or a dependency failed"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<OTPRequestRequest>,
) -> Reply<Sent> {
    let source = asked.source_url.unwrap_or_default();
    postern
        .request_code(&meta, &asked.identifier.into(), &source)
        .await?;
    Ok(Json(Sent {
        message: "OTP sent to your email address",
    }))
}
