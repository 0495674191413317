//! `POST /nauth/mfa/verify-setup`: show a factor for the first time.

use axum::Json;
use axum::extract::State;
use edge::nauth::factors::named_proof;
use edge::nauth::{BodyRefused, Busy, Detail, Member};
use edge::openapi::Record;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{FirstProof, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// Which factor, and what shows it.
#[derive(Debug, ToSchema)]
#[schema(as = NAuthVerifySetup, rename_all = "camelCase")]
pub struct Asked {
    /// `totp`, `sms`, `email` or `passkey`.
    #[schema(value_type = String)]
    method_name: FirstProof,
    /// `code`, and what it belongs to; `credential` for a passkey; nothing or `deviceId` for a number or an address that
    /// the account has proven.
    #[schema(value_type = Record, required = false)]
    #[allow(dead_code, reason = "for the document")]
    setup_data: Option<Record>,
    /// What its owner calls it.
    #[schema(value_type = String, required = false)]
    device_name: Option<String>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let device_name = fields.text_or_null("deviceName").max(255).optional();
        Ok(Self {
            method_name: named_proof(fields, "methodName")?,
            setup_data: None,
            device_name: device_name.filter(|name| !name.is_empty()),
        })
    }
}

/// Which factor is in force now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NAuthSetUpDevice, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct SetUp {
    /// Its number.
    #[schema(value_type = f64)]
    device_id: u64,
}

/// Show a factor for the first time, which puts it in force. All other sessions end.
///
/// # Errors
/// A malformed body, a wrong or late answer, a sign-in that is too old, or a limit.
#[utoipa::path(
    post, path = "/nauth/mfa/verify-setup", operation_id = "nauth_mfa_verify_setup", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = SetUp, description = "In force"),
        (status = 401, body = Detail, description = "Not signed in"),
        (status = 403, body = Detail, description = "The sign-in is too old, or the account not in use or not proven"),
        (status = 409, body = Detail, description = "Another account has proven the number"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(asked): Body<Asked>,
) -> Reply<SetUp> {
    let name = asked.device_name.as_deref();
    let device_id = postern
        .confirm_enrollment(&meta, signed, &asked.method_name, name)
        .await?;
    Ok(Json(SetUp { device_id }))
}
