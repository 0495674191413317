//! `DELETE /tokens/api-key/{key_id}`: revoke an API key of a service.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use edge::fastapi::{Detail, Invalid, Limited, NotSignedIn, Unavailable};
use edge::{FreshAdmin, Meta, Number, Reply};
use flows::Postern;

/// Revoke an API key of a service: it is worth nothing from the next request on.
/// Wants an administrator who signed in within ten minutes.
///
/// # Errors
/// A caller that may not, a key that is not there, or a limit.
#[utoipa::path(
    delete, path = "/tokens/api-key/{key_id}",
    operation_id = "revoke_api_key_endpoint_tokens_api_key__key_id__delete",
    tags = ["cashless", "tokens"], security(("jwtAuth" = [])),
    params(("key_id" = i64, Path, description = "The `key_id` that came with the key")),
    responses(
        (status = 200, body = BTreeMap<String, String>, description = "Revoked"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator, or signed in too long ago"),
        (status = 404, body = Detail, description = "No such key, or no longer"),
        (status = 422, body = Invalid, description = "Not a number"),
        (status = 429, body = Limited, description = "Over 30 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdmin(admin): FreshAdmin,
    Number(id): Number,
) -> Reply<BTreeMap<&'static str, String>> {
    postern.revoke_service_key(&meta, &admin, id).await?;
    Ok(Json(BTreeMap::from([
        ("detail", "API key revoked".to_owned()),
        ("key_id", id.to_string()),
    ])))
}
