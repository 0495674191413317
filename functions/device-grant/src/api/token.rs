//! `POST /api/auth/device/token/`: was it let in?

use axum::Json;
use axum::extract::State;
use edge::{AnyBody, Fields, FromFields, Meta, Rejected, Reply};
use flows::{AgentSignIn, Postern};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::{Identity, OAuthError, User};

/// The code, and whether to wait for an answer.
#[derive(ToSchema)]
pub struct DeviceTokenRequestRequest {
    /// What the authorization began with.
    #[schema(min_length = 1)]
    device_code: String,
    /// Wait up to 25 seconds for the person, if there is room to wait.
    #[schema(required = false, default = false)]
    wait: bool,
}

impl FromFields for DeviceTokenRequestRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let device_code = fields.text("device_code").required();
        let wait = fields.flag("wait").unwrap_or_default();
        Ok(Self {
            device_code: device_code?,
            wait,
        })
    }
}

/// Tokens and keys. An account with exactly one identity gets a key to it, too;
/// any other gets the list, to choose from.
#[derive(Serialize, ToSchema)]
#[schema(as = DeviceTokenSuccess)]
pub struct LetIn {
    /// The access token.
    access: String,
    /// The refresh token.
    refresh: String,
    /// The key to the account, `ravi_mgmt_…`; shown here and never again.
    management_key: String,
    /// Whose account.
    user: User,
    /// The key to its one identity, `ravi_id_…`; shown here and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    identity_key: Option<String>,
    /// Its one identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    identity: Option<Identity>,
    /// Its identities, if it has none or several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    identities: Option<Vec<Identity>>,
}

/// Ask whether the person has answered. Each device code buys this once.
///
/// # Errors
/// `authorization_pending`, `slow_down`, `expired_token`, `access_denied`,
/// `invalid_grant`, `invalid_request`, or a limit.
#[utoipa::path(
    post, path = "/api/auth/device/token/", operation_id = "auth_device_token_create",
    tags = ["ravi", "Device Auth"], security(()),
    request_body(content(
        (DeviceTokenRequestRequest = "application/json"),
        (DeviceTokenRequestRequest = "application/x-www-form-urlencoded"),
        (DeviceTokenRequestRequest = "multipart/form-data"),
    )),
    responses(
        (status = 200, body = LetIn, description = "Tokens and keys"),
        (status = 400, body = OAuthError, description = "Not yet, or never"),
        (status = 413, body = OAuthError, description = "Larger than any form of ours"),
        (status = 415, body = OAuthError, description = "None of the three media types"),
        (status = 429, body = OAuthError, description = "Too many unknown codes from one network"),
        (status = 503, body = OAuthError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AnyBody(asked): AnyBody<DeviceTokenRequestRequest>,
) -> Reply<LetIn> {
    let sign_in = postern
        .sign_in_agent(&meta, &asked.device_code, asked.wait)
        .await?;
    Ok(Json(sign_in.into()))
}

impl From<AgentSignIn> for LetIn {
    fn from(AgentSignIn { tokens, keys }: AgentSignIn) -> Self {
        let user = &tokens.signed.user;
        let shown = |identity| Identity::new(identity, user);
        let mut identities: Vec<Identity> = keys.identities.iter().map(shown).collect();
        let identity = keys.identity.is_some().then(|| identities.pop()).flatten();
        Self {
            management_key: keys.management.key,
            user: User::from(user),
            identities: identity.is_none().then_some(identities),
            identity,
            identity_key: keys.identity.map(|issued| issued.key),
            access: tokens.access,
            refresh: tokens.refresh,
        }
    }
}
