//! `POST /nauth/mfa/setup-data`: begin to set a factor up.

use axum::Json;
use axum::extract::State;
use edge::nauth::factors::{named_factor, setup_data};
use edge::nauth::{BodyRefused, Busy, Detail, Member};
use edge::openapi::Record;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{NewFactor, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// Which factor.
#[derive(Debug, ToSchema)]
#[schema(as = SetupMFADTO, rename_all = "camelCase")]
pub struct Asked {
    /// `totp`, `sms`, `email` or `passkey`.
    #[schema(value_type = String)]
    method_name: NewFactor,
    /// For `sms`: `phoneNumber`, where the account has proven none.
    #[schema(value_type = Record, required = false)]
    #[allow(dead_code, reason = "for the document")]
    setup_data: Option<Record>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            method_name: named_factor(fields, "methodName")?,
            setup_data: None,
        })
    }
}

/// What the caller's app needs for the new factor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SetupMFAResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// By the factor's kind: a secret, where a code was sent, or what a browser needs to make a
    /// passkey. A number or an address that
    /// the account has proven is in force at once.
    setup_data: Record,
}

/// Begin to set a factor up, within ten minutes of signing in. What was begun before in the
/// same session is given up.
///
/// # Errors
/// A malformed body, a number that will not do or is another account's, a sign-in that is
/// too old, or a limit.
#[utoipa::path(
    post, path = "/nauth/mfa/setup-data", operation_id = "nauth_mfa_setup_data", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Data, description = "What the factor needs"),
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
) -> Reply<Data> {
    let data = postern.enroll(&meta, signed, &asked.method_name).await?;
    Ok(Json(Data {
        setup_data: setup_data(&data)?,
    }))
}
