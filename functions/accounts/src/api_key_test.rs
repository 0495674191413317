//! `POST /cfg/accounts/api-key/test/`: does a key work?

use axum::Json;
use axum::extract::State;
use edge::{Body, Fields, FromFields, KeyOrUser, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use edge::djangocfg::{BodyRefused, Detail, FieldErrors};

/// The key to try.
#[derive(ToSchema)]
pub struct APIKeyTestRequest {
    /// The key.
    #[schema(min_length = 1)]
    key: String,
}

impl FromFields for APIKeyTestRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let key = fields.text("key").required();
        Ok(Self { key: key? })
    }
}

/// Whether it works, and for whom.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = APIKeyTestResult)]
pub struct Tested {
    /// Whether it works.
    valid: bool,
    /// The integer id of its owner, in digits; null unless it works.
    #[schema(required = true)]
    user_id: Option<String>,
}

/// Try an API key. Whatever is wrong with one, the answer is the same.
///
/// # Errors
/// A caller that nobody knows, a malformed body, or a limit.
#[utoipa::path(
    post, path = "/cfg/accounts/api-key/test/", operation_id = "cfg_accounts_api_key_test_create",
    tags = ["djangocfg", "cfg_accounts_api_key"], request_body = APIKeyTestRequest,
    security(("jwtAuth" = []), ("apiKeyAuth" = [])),
    responses(
        (status = 200, body = Tested, description = "Whether it works"),
        (status = 400, body = FieldErrors, description = "Malformed"),
        (status = 401, body = Detail, description = "Not signed in, or not an API key"),
        BodyRefused,
        (status = 429, body = Detail, description = "Too many tries from one network"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    KeyOrUser(_): KeyOrUser,
    Body(asked): Body<APIKeyTestRequest>,
) -> Reply<Tested> {
    let holder = postern.test_api_key(&meta, &asked.key).await?;
    Ok(Json(Tested {
        valid: holder.is_some(),
        user_id: holder.map(|user| user.uid.to_string()),
    }))
}
