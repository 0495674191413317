//! `POST /nauth/challenge/setup-data`: set a factor up within a sign-in.

use axum::Json;
use axum::extract::State;
use edge::nauth::factors::{named_factor, setup_data};
use edge::nauth::{BodyRefused, Busy, Detail};
use edge::openapi::Record;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{NewFactor, Postern};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which challenge, and which factor.
#[derive(Debug, ToSchema)]
#[schema(as = GetSetupDataDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The challenge's name.
    #[schema(value_type = String)]
    session: Uuid,
    /// The factor.
    #[schema(value_type = MfaMethod)]
    method: NewFactor,
    /// For `sms`: `phoneNumber`, where the account has proven none.
    #[schema(value_type = Record, required = false)]
    #[allow(dead_code, reason = "for the document")]
    setup_data: Option<Record>,
}

/// Every kind of second factor.
#[derive(ToSchema)]
#[schema(as = MFAMethod, rename_all = "lowercase")]
#[allow(dead_code, missing_docs, reason = "for the document")]
pub enum MfaMethod {
    Totp,
    Sms,
    Email,
    Passkey,
    Backup,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let session = fields.text("session").uuid();
        let method = named_factor(fields, "method");
        Ok(Self {
            session: session?,
            method: method?,
            setup_data: None,
        })
    }
}

/// What the factor needs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetSetupDataResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// By the factor's kind: a secret, where a code was sent, or what a browser needs to make a
    /// passkey.
    setup_data: Record,
}

/// Begin to set a factor up, where a sign-in waits for that. What was begun before for the
/// same challenge is given up.
///
/// # Errors
/// A challenge that takes no answer or waits for something else, a number that will not do
/// or is another account's, or a limit.
#[utoipa::path(
    post, path = "/nauth/challenge/setup-data", operation_id = "nauth_challenge_setup_data", tags = ["nauth"],
    request_body = Asked, security(()),
    responses(
        (status = 200, body = Data, description = "What the factor needs"),
        (status = 403, body = Detail, description = "The account is locked or not in use"),
        (status = 409, body = Detail, description = "Another account has proven the number"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<Asked>,
) -> Reply<Data> {
    let data = postern.challenge_setup(&meta, asked.session, &asked.method);
    Ok(Json(Data {
        setup_data: setup_data(&data.await?)?,
    }))
}
