//! `POST /tokens/verify`: what a token is worth now.

use axum::Json;
use axum::extract::State;
use domain::token::UserId;
use edge::fastapi::{BodyRefused, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Credential, Postern};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The token to look at.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenVerifyRequest {
    /// An access token, an offline or operator token, or an API key.
    token: String,
}

impl FromFields for TokenVerifyRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        // An empty token gets the same answer as any other that is worth nothing.
        let token = fields.text("token").may_be_blank().required();
        fields.deny_unknown(&["token"]);
        Ok(Self { token: token? })
    }
}

/// What it is worth.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenVerifyResponse)]
pub struct Verified {
    /// Whether it is good.
    valid: bool,
    /// What it says; null unless it is good. `token_type` tells `access`,
    /// `offline`, `operator` and `api_key` apart.
    #[schema(value_type = Option<Object>, required = true)]
    claims: Option<Value>,
}

/// Verify a token or API key of ours, as of now: a logout, a lock or a revocation
/// counts at once. Whatever is wrong with one, the answer is the same; refresh
/// tokens are for nobody else and never good here.
///
/// # Errors
/// A malformed body, or a limit.
#[utoipa::path(
    post, path = "/tokens/verify", operation_id = "verify_token_endpoint_tokens_verify_post",
    tags = ["cashless", "tokens"], request_body = TokenVerifyRequest, security(()),
    responses(
        (status = 200, body = Verified, description = "What it is worth"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 600 a minute from one network, or what is set"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<TokenVerifyRequest>,
) -> Reply<Verified> {
    let credential = postern.verify_token(&meta, &asked.token).await?;
    let claims = credential.map(|credential| claims(credential, &postern.settings().issuer));
    Ok(Json(Verified {
        valid: claims.is_some(),
        claims,
    }))
}

/// What a credential says: a token's own claims, or what is stored of a key, under the
/// names that a token uses for the same things.
fn claims(credential: Credential, issuer: &str) -> Value {
    match credential {
        Credential::Access(claims) => json!(claims),
        Credential::Offline(claims) => json!(claims),
        Credential::Operator(claims) => json!(claims),
        Credential::Service(key) => json!({
            "iss": issuer,
            "sub": key.id.to_string(),
            "token_type": "api_key",
            "key_id": key.id,
            "name": key.name,
            "event_id": key.event_id,
            "scope": key.scope(),
            "scopes": key.scopes,
            "iat": key.created_at,
        }),
        Credential::Personal(user) => json!({
            "iss": issuer,
            "sub": user.sub,
            "user_id": UserId::Number(user.uid),
            "token_type": "api_key",
            "email": user.proven_email(),
            "role": "user",
        }),
    }
}
