//! `POST /nauth/challenge/challenge-data`: what a factor needs to be shown.

use axum::Json;
use axum::extract::State;
use domain::account::Factor;
use domain::verification::masked_by_ends;
use domain::{Contract, ProblemKind};
use edge::nauth::factors::{ceremony, factor_named};
use edge::nauth::{BodyRefused, Busy, Detail};
use edge::openapi::Record;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which challenge, and which factor.
#[derive(Debug, ToSchema)]
#[schema(as = GetChallengeDataDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The challenge's name.
    #[schema(value_type = String)]
    session: Uuid,
    /// The factor.
    #[schema(value_type = MfaChallengeMethod)]
    method: Factor,
}

/// The factors that may need something from the server before they are shown.
#[derive(ToSchema)]
#[schema(as = MFAChallengeMethod, rename_all = "lowercase")]
#[allow(dead_code, missing_docs, reason = "for the document")]
pub enum MfaChallengeMethod {
    Passkey,
    Sms,
    Email,
}

/// The factors that need something.
fn needy(name: &str) -> Option<Factor> {
    factor_named(name).filter(|factor| *factor != Factor::Totp)
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let session = fields.text("session").uuid();
        let method = fields.text("method").lower();
        let method = method.parsed(ProblemKind::NotAChoice, needy);
        Ok(Self {
            session: session?,
            method: method?,
        })
    }
}

/// What the factor needs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetChallengeDataResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// Where a code was sent, masked; or what a browser needs to show a passkey
    /// (`PublicKeyCredentialRequestOptionsJSON`), as `options` and as `publicKey`.
    #[schema(value_type = ChallengeData)]
    challenge_data: Value,
}

/// By the factor: a text or an object.
#[derive(ToSchema)]
#[schema(as = NAuthChallengeData)]
#[allow(dead_code, reason = "for the document")]
#[serde(untagged)]
pub enum ChallengeData {
    /// Where a code was sent.
    Destination(String),
    /// What a passkey needs.
    Ceremony(Record),
}

/// What a factor needs to be shown: a code is sent for it, or a browser is told which passkeys
/// will do. Authenticators and backup codes are shown as they are.
///
/// # Errors
/// A challenge that takes no answer or waits for something else, a factor that is not set
/// up, or a limit.
#[utoipa::path(
    post, path = "/nauth/challenge/challenge-data", operation_id = "nauth_challenge_challenge_data", tags = ["nauth"],
    request_body = Asked, security(()),
    responses(
        (status = 200, body = Data, description = "What the factor needs"),
        (status = 403, body = Detail, description = "The account is locked or not in use"),
        (status = 404, body = Detail, description = "The factor is not set up"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<Asked>,
) -> Reply<Data> {
    let challenge_data = if asked.method == Factor::Passkey {
        ceremony(&postern.ask_for_passkey(&meta, asked.session).await?)
    } else {
        let sent = postern.send_factor_code(&meta, Contract::Nauth, asked.session, asked.method);
        masked_by_ends(&sent.await?).into()
    };
    Ok(Json(Data { challenge_data }))
}
