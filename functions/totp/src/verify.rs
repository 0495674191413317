//! `POST /cfg/totp/verify/`: complete a sign-in with an authenticator's code.

use axum::Json;
use axum::extract::State;
use domain::Contract;
use edge::djangocfg::BodyRefused;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, SecondFactor};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::reply::{BadRequest, FactorError, SignedIn, code};

/// Which sign-in, and what the app shows.
#[derive(Debug, ToSchema)]
pub struct VerifyRequest {
    /// The 2FA session that the sign-in answered with.
    session_id: Uuid,
    /// Six digits.
    #[schema(min_length = 6, max_length = 6)]
    code: String,
}

impl FromFields for VerifyRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let (session_id, code) = (fields.text("session_id").uuid(), code(fields));
        Ok(Self {
            session_id: session_id?,
            code: code?,
        })
    }
}

/// Complete a sign-in with an authenticator's code. A 2FA session takes five
/// tries in five minutes, and completes once.
///
/// # Errors
/// A malformed body; a 2FA session or code that will not do; a limit.
#[utoipa::path(
    post, path = "/cfg/totp/verify/", operation_id = "cfg_totp_verify_create",
    tags = ["djangocfg", "cfg_totp_verify"], request_body = VerifyRequest, security(()),
    responses(
        (status = 200, body = SignedIn, description = "Tokens"),
        (status = 400, body = BadRequest, description = "Malformed, a wrong code, or a 2FA session that expired"),
        (status = 403, body = FactorError, description = "Too many wrong codes"),
        (status = 404, body = FactorError, description = "No such 2FA session, or completed already"),
        BodyRefused,
        (status = 429, body = FactorError, description = "Too many codes from one network or for one account"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<VerifyRequest>,
) -> Reply<SignedIn> {
    let answer = postern
        .answer_challenge(
            &meta,
            Contract::Djangocfg,
            asked.session_id,
            SecondFactor::Totp(&asked.code),
        )
        .await?;
    Ok(Json(SignedIn::by_totp(answer)))
}
