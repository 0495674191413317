//! `DELETE /api/auth/keys/{uuid}/`: revoke a key.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Error;
use edge::{ManagementKey, Meta, Refusal};
use flows::Postern;
use uuid::Uuid;

use crate::reply::Detail;

/// Revoke a key of the account, to it or to one of its identities. It is dead at
/// once, also if it is the one that asks.
///
/// # Errors
/// A caller without a management key, a key that is not the account's, or a
/// limit.
#[utoipa::path(
    delete, path = "/api/auth/keys/{uuid}/", operation_id = "auth_keys_destroy",
    tags = ["ravi", "Keys"], security(("agentKey" = [])),
    params(("uuid" = String, Path, format = Uuid, description = "The key, as listed")),
    responses(
        (status = 204, description = "It is dead"),
        (status = 401, body = Detail, description = "No key, or one that does not work"),
        (status = 403, body = Detail, description = "A key to one identity"),
        (status = 404, body = Detail, description = "No such key of this account"),
        (status = 429, body = Detail, description = "Too many changes in a day, or bad keys from one network"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    ManagementKey(agent): ManagementKey,
    id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let id = id.ok().and_then(|Path(id)| Uuid::parse_str(&id).ok());
    let id = id.ok_or(Error::Missing)?;
    postern.revoke_agent_key(&meta, &agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
