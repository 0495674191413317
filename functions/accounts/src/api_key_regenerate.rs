//! `POST /cfg/accounts/api-key/regenerate/`: a new API key, shown once.

use axum::Json;
use axum::extract::State;
use edge::{Meta, ProvenUser, Reply};
use flows::{IssuedKey, Postern};
use serde::Serialize;
use utoipa::ToSchema;

use edge::djangocfg::{Detail, NotSignedIn};

/// What the document has clients send: the answer of the masked key, of which
/// nothing is read.
#[derive(Debug, ToSchema)]
#[schema(as = APIKeyRequest)]
#[allow(dead_code, reason = "documented, and ignored by ruling")]
pub struct Ignored {
    /// Ignored.
    #[schema(required = false)]
    key: Option<String>,
    /// Ignored.
    #[schema(format = DateTime, required = false)]
    reissued_at: Option<String>,
    /// Ignored.
    #[schema(format = DateTime, required = false)]
    created_at: Option<String>,
}

/// A key, whole for the only time.
#[derive(Serialize, ToSchema)]
#[schema(as = APIKeyRegenerate)]
pub struct Issued {
    /// The key.
    key: String,
    /// When it was made.
    #[schema(format = DateTime)]
    reissued_at: String,
}

impl From<IssuedKey> for Issued {
    fn from(issued: IssuedKey) -> Self {
        let at = issued.kept.reissued_at.unwrap_or(issued.kept.created_at);
        Self {
            key: issued.key.to_string(),
            reissued_at: at.to_string(),
        }
    }
}

/// Replace the API key: the new one is shown here and never again, the one
/// before is dead at once. Wants a sign-in of the last ten minutes, with the
/// second factor if there is one; no API key will do for that. The body is
/// ignored.
///
/// # Errors
/// A caller whose sign-in is not fresh, or that another request outran.
#[utoipa::path(
    post, path = "/cfg/accounts/api-key/regenerate/", operation_id = "cfg_accounts_api_key_regenerate_create",
    tags = ["djangocfg", "cfg_accounts_api_key"], security(("jwtAuth" = [])),
    request_body(content = Option<Ignored>),
    responses(
        (status = 200, body = Issued, description = "The key, whole"),
        NotSignedIn,
        (status = 403, body = Detail, description = "`stale_sign_in`: sign in again; `unproven_address`: prove the address first"),
        (status = 409, body = Detail, description = "Another request replaced the key first"),
        (status = 429, body = Detail, description = "Too many new keys in a day"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    ProvenUser(session): ProvenUser,
) -> Reply<Issued> {
    let issued = postern.reissue_api_key(&meta, session).await?;
    Ok(Json(issued.into()))
}
