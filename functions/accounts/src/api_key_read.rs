//! `GET /cfg/accounts/api-key/`: one's own API key, masked.

use axum::Json;
use axum::extract::State;
use domain::api_key::ApiKey;
use edge::{KeyOrUser, Meta, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use edge::djangocfg::Detail;

/// A key as its owner recognises it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = APIKey)]
pub struct Masked {
    /// Its first six and last six characters.
    key: String,
    /// When it replaced another; null for the first one.
    #[schema(format = DateTime, required = true)]
    reissued_at: Option<String>,
    /// When the account got its first key.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<ApiKey> for Masked {
    fn from(kept: ApiKey) -> Self {
        Self {
            key: kept.mask(),
            reissued_at: kept.reissued_at.as_ref().map(ToString::to_string),
            created_at: kept.created_at.to_string(),
        }
    }
}

/// The API key of the caller, masked; the first look at it makes it. To have
/// one whole, regenerate it.
///
/// # Errors
/// A caller that nobody knows.
#[utoipa::path(
    get, path = "/cfg/accounts/api-key/", operation_id = "cfg_accounts_api_key_retrieve",
    tags = ["djangocfg", "cfg_accounts_api_key"],
    security(("jwtAuth" = []), ("apiKeyAuth" = [])),
    responses(
        (status = 200, body = Masked, description = "The key, masked"),
        (status = 401, body = Detail, description = "Not signed in, or not an API key"),
        (status = 403, body = Detail, description = "`unproven_address`: prove the address first"),
        (status = 429, body = Detail, description = "Too many bad keys from one network"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    KeyOrUser(caller): KeyOrUser,
) -> Reply<Masked> {
    let kept = postern.read_api_key(&meta, caller).await?;
    Ok(Json(kept.into()))
}
