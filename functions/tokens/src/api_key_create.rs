//! `POST /tokens/api-key`: an API key for a service.

use axum::Json;
use axum::extract::State;
use domain::ProblemKind;
use domain::service_key::{MAX_NAME_LENGTH, MAX_SCOPES, is_scope};
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, NotSignedIn, Unavailable};
use edge::{Body, Fields, FreshAdmin, FromFields, Meta, Rejected, Reply};
use flows::{NewServiceKey, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// What the key is to be for.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct APIKeyRequest {
    /// The event that it is for.
    event_id: u64,
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do, in words of your own; `introspect` is ours.
    #[schema(max_items = 32)]
    scopes: Vec<Scope>,
}

/// One scope: up to 64 characters that a list of scopes can hold (RFC 6749 §3.3).
#[derive(ToSchema)]
#[schema(as = Scope, pattern = r"^[\x21\x23-\x5B\x5D-\x7E]{1,64}$")]
pub struct Scope(#[allow(dead_code, reason = "for the document")] String);

impl FromFields for APIKeyRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let event_id = fields.integer("event_id");
        let name = fields.text("name").max(MAX_NAME_LENGTH).required();
        let scopes = fields.texts("scopes", MAX_SCOPES, ProblemKind::NotAScope, is_scope);
        fields.deny_unknown(&["event_id", "name", "scopes"]);
        Ok(Self {
            event_id: event_id?,
            name: name?,
            scopes: scopes?.into_iter().map(Scope).collect(),
        })
    }
}

/// A key, whole for the only time.
#[derive(Serialize, ToSchema)]
#[schema(as = APIKeyResponse)]
pub struct Issued {
    /// The key.
    api_key: String,
    /// Its public id, by which it is revoked. The original left it out.
    key_id: u64,
    /// What people call it.
    name: String,
    /// The event that it is for.
    event_id: u64,
    /// What it may do.
    scopes: Vec<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
}

/// Make an API key for a service. It is shown here and never again. Wants an
/// administrator who signed in within ten minutes.
///
/// # Errors
/// A caller that may not, a malformed body, or a limit.
#[utoipa::path(
    post, path = "/tokens/api-key", operation_id = "create_api_key_endpoint_tokens_api_key_post",
    tags = ["cashless", "tokens"], request_body = APIKeyRequest, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Issued, description = "The key, whole"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator, or signed in too long ago"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 10 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdmin(admin): FreshAdmin,
    Body(asked): Body<APIKeyRequest>,
) -> Reply<Issued> {
    let new = NewServiceKey {
        name: asked.name,
        event_id: asked.event_id,
        scopes: asked.scopes.into_iter().map(|Scope(scope)| scope).collect(),
    };
    let issued = postern.create_service_key(&meta, &admin, new).await?;
    Ok(Json(Issued {
        api_key: issued.key,
        key_id: issued.kept.id,
        name: issued.kept.name,
        event_id: issued.kept.event_id,
        scopes: issued.kept.scopes,
        created_at: issued.kept.created_at.to_string(),
    }))
}
