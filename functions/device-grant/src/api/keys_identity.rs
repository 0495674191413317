//! `GET`, `POST /api/auth/keys/identity/`: the keys to an account's identities.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::agent::{NAME_LENGTH, Scope};
use edge::{AnyBody, Fields, FromFields, ManagementKey, Meta, Refusal, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::reply::{Detail, FieldErrors, IssuedKey, Key};

/// Which identity, and what the key is for.
#[derive(ToSchema)]
pub struct IdentityKeyRequest {
    /// The identity.
    #[schema(format = Uuid)]
    identity_uuid: String,
    /// In its maker's words.
    #[schema(required = false, max_length = 100)]
    label: String,
}

impl FromFields for IdentityKeyRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let identity_uuid = fields.text("identity_uuid").required();
        let label = fields
            .text("label")
            .may_be_blank()
            .max(NAME_LENGTH)
            .optional();
        Ok(Self {
            identity_uuid: identity_uuid?,
            label: label.unwrap_or_default(),
        })
    }
}

/// The keys to the account's identities, oldest first, by their first
/// characters.
///
/// # Errors
/// A caller without a management key.
#[utoipa::path(
    get, path = "/api/auth/keys/identity/", operation_id = "auth_keys_identity_list",
    tags = ["ravi", "Keys"], security(("agentKey" = [])),
    responses(
        (status = 200, body = Vec<Key>, description = "The keys"),
        (status = 401, body = Detail, description = "No key, or one that does not work"),
        (status = 403, body = Detail, description = "A key to one identity"),
        (status = 429, body = Detail, description = "Too many bad keys from one network"),
    )
)]
pub async fn list(ManagementKey(agent): ManagementKey) -> Reply<Vec<Key>> {
    let keys = agent.keys();
    let of_identities = keys.iter().filter(|key| key.scope != Scope::Management);
    Ok(Json(of_identities.map(Key::from).collect()))
}

/// Make a key to an identity. It is shown here and never again.
///
/// # Errors
/// A caller without a management key, a malformed body, an identity that is not
/// the account's, or a limit.
#[utoipa::path(
    post, path = "/api/auth/keys/identity/", operation_id = "auth_keys_identity_create",
    tags = ["ravi", "Keys"], security(("agentKey" = [])),
    request_body(content(
        (IdentityKeyRequest = "application/json"),
        (IdentityKeyRequest = "application/x-www-form-urlencoded"),
        (IdentityKeyRequest = "multipart/form-data"),
    )),
    responses(
        (status = 201, body = IssuedKey, description = "The key, whole"),
        (status = 400, body = FieldErrors, description = "Malformed"),
        (status = 401, body = Detail, description = "No key, or one that does not work"),
        (status = 403, body = Detail, description = "A key to one identity"),
        (status = 404, body = Detail, description = "No such identity of this account"),
        (status = 413, body = Detail, description = "Larger than any form of ours"),
        (status = 415, body = Detail, description = "None of the three media types"),
        (status = 429, body = Detail, description = "Too many changes in a day, or bad keys from one network"),
    )
)]
pub async fn create(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    ManagementKey(agent): ManagementKey,
    AnyBody(asked): AnyBody<IdentityKeyRequest>,
) -> Result<(StatusCode, Json<IssuedKey>), Refusal> {
    // What is no UUID names no identity either.
    let id = Uuid::parse_str(&asked.identity_uuid).unwrap_or_default();
    let issued = postern
        .issue_agent_key(&meta, &agent, Scope::Identity(id), &asked.label)
        .await?;
    Ok((StatusCode::CREATED, Json(issued.into())))
}
