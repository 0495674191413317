//! `GET`, `POST /api/identities/`: whom an account's agents act as.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::agent::NAME_LENGTH;
use edge::{AgentKey, AnyBody, Fields, FromFields, ManagementKey, Meta, Refusal, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

use crate::reply::{Detail, FieldErrors, Identity};

/// The new identity. An `email` and a `provision_phone` are ignored: neither
/// mailboxes nor numbers are provisioned here.
#[derive(ToSchema)]
pub struct IdentityRequest {
    /// What people will call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

impl FromFields for IdentityRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let name = fields.text("name").max(NAME_LENGTH).required();
        Ok(Self { name: name? })
    }
}

/// The identities that the caller's key stands for: all of the account's, or the
/// one.
///
/// # Errors
/// A caller without a key.
#[utoipa::path(
    get, path = "/api/identities/", operation_id = "identities_list",
    tags = ["ravi", "Identities"], security(("agentKey" = [])),
    responses(
        (status = 200, body = Vec<Identity>, description = "The identities"),
        (status = 401, body = Detail, description = "No key, or one that does not work"),
        (status = 429, body = Detail, description = "Too many bad keys from one network"),
    )
)]
pub async fn list(AgentKey(agent): AgentKey) -> Reply<Vec<Identity>> {
    let identities = agent.identities();
    let shown = identities.iter().map(|one| Identity::new(one, &agent.user));
    Ok(Json(shown.collect()))
}

/// Add an identity to the account.
///
/// # Errors
/// A caller without a management key, a malformed body, or a limit.
#[utoipa::path(
    post, path = "/api/identities/", operation_id = "identities_create",
    tags = ["ravi", "Identities"], security(("agentKey" = [])),
    request_body(content(
        (IdentityRequest = "application/json"),
        (IdentityRequest = "application/x-www-form-urlencoded"),
        (IdentityRequest = "multipart/form-data"),
    )),
    responses(
        (status = 201, body = Identity, description = "The identity"),
        (status = 400, body = FieldErrors, description = "Malformed"),
        (status = 401, body = Detail, description = "No key, or one that does not work"),
        (status = 403, body = Detail, description = "A key to one identity, or a hundred identities already"),
        (status = 413, body = Detail, description = "Larger than any form of ours"),
        (status = 415, body = Detail, description = "None of the three media types"),
        (status = 429, body = Detail, description = "Too many changes in a day, or bad keys from one network"),
    )
)]
pub async fn create(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    ManagementKey(agent): ManagementKey,
    AnyBody(asked): AnyBody<IdentityRequest>,
) -> Result<(StatusCode, Json<Identity>), Refusal> {
    let identity = postern.add_identity(&meta, &agent, &asked.name).await?;
    Ok((
        StatusCode::CREATED,
        Json(Identity::new(&identity, &agent.user)),
    ))
}
