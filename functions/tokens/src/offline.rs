//! `POST /tokens/offline`: an offline token for an event.

use axum::Json;
use axum::extract::State;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, NotSignedIn, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply, User};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// What the token is to be good for.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfflineTokenRequest {
    /// The event.
    event_id: u64,
    /// The one device that it is good on, by its integer id.
    #[schema(required = false)]
    device_id: Option<String>,
}

impl FromFields for OfflineTokenRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let event_id = fields.integer("event_id");
        let device_id = fields.text_or_null("device_id").may_be_blank().optional();
        fields.deny_unknown(&["event_id", "device_id"]);
        Ok(Self {
            event_id: event_id?,
            device_id,
        })
    }
}

/// An offline token.
#[derive(Serialize, ToSchema)]
#[schema(as = OfflineTokenResponse)]
pub struct Issued {
    /// The token.
    offline_token: String,
    /// When it ends.
    #[schema(format = DateTime)]
    expires_at: String,
    /// The event that it is good for.
    event_id: u64,
}

/// Make an offline token for whoever is signed in, at an event that they work at:
/// administrators work at all, operators and network managers at their own. It is
/// good for 72 hours, and verified with our published keys.
///
/// # Errors
/// A caller that may not, an event or device that is out of use, or a limit.
#[utoipa::path(
    post, path = "/tokens/offline", operation_id = "issue_offline_token_tokens_offline_post",
    tags = ["cashless", "tokens"], request_body = OfflineTokenRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Issued, description = "The token"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Does not work at the event"),
        (status = 404, body = Detail, description = "No event that takes place, or no device in use there"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    User(signed): User,
    Body(asked): Body<OfflineTokenRequest>,
) -> Reply<Issued> {
    let issued = postern
        .offline_token(&meta, &signed, asked.event_id, asked.device_id.as_deref())
        .await?;
    Ok(Json(Issued {
        offline_token: issued.token,
        expires_at: issued.claims.exp.to_string(),
        event_id: issued.claims.event_id,
    }))
}
