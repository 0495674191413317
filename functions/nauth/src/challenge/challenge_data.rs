//! `POST /nauth/challenge/challenge-data`: what a factor needs to be shown.

use axum::extract::State;
use edge::nauth::{BodyRefused, Busy, Detail};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
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
    #[allow(dead_code, reason = "for the document")]
    method: String,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let session = fields.text("session").uuid();
        let method = fields.text("method").lower();
        let method = method.one_of(&["passkey", "sms", "email"]).required();
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
    /// By the factor's kind.
    challenge_data: edge::openapi::Record,
}

/// What a factor needs to be shown, where it needs anything. No factor that there is
/// needs it: authenticators and backup codes are shown as they are.
///
/// # Errors
/// A challenge that takes no answer, or waits for something else.
#[utoipa::path(
    post, path = "/nauth/challenge/challenge-data", operation_id = "nauth_challenge_challenge_data", tags = ["nauth"],
    request_body = Asked, security(()),
    responses(
        (status = 200, body = Data, description = "What the factor needs"),
        (status = 403, body = Detail, description = "The account is locked or not in use"),
        (status = 404, body = Detail, description = "The factor needs nothing, or is not set up"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<Asked>,
) -> Reply<Data> {
    Err(postern.no_factor_data(&meta, asked.session).await.into())
}
