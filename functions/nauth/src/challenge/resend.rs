//! `POST /nauth/challenge/resend`: have the code of a challenge sent once more.

use axum::Json;
use axum::extract::State;
use domain::Contract;
use domain::verification::masked_by_ends;
use edge::nauth::{BodyRefused, Busy, Detail};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which challenge.
#[derive(Debug, ToSchema)]
#[schema(as = ResendCodeDTO)]
pub struct Asked {
    /// The challenge's name.
    #[schema(value_type = String)]
    session: Uuid,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let session = fields.text("session").uuid()?;
        Ok(Self { session })
    }
}

/// Where the code went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResendCodeResponseDTO)]
pub struct Resent {
    /// The address or number, masked.
    destination: String,
}

/// Have the code of a challenge sent once more. It voids the one before.
///
/// # Errors
/// A challenge that has no code or takes no answer, or a limit.
#[utoipa::path(
    post, path = "/nauth/challenge/resend", operation_id = "nauth_challenge_resend", tags = ["nauth"],
    request_body = Asked, security(()),
    responses(
        (status = 200, body = Resent, description = "Sent"),
        (status = 403, body = Detail, description = "The account is locked or not in use"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<Asked>,
) -> Reply<Resent> {
    let contact = postern
        .resend_code(&meta, Contract::Nauth, asked.session)
        .await?;
    Ok(Json(Resent {
        destination: masked_by_ends(&contact),
    }))
}
