//! `POST /oauth/token`: RFC 6749 §5 and §6, RFC 8628 §3.4.

use axum::Json;
use axum::extract::State;
use edge::{Fields, Form, FromFields, Meta, Rejected, Reply};
use flows::{ClientGrant, Postern};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::OAuthError;

/// The one scope there is.
const SCOPE: &str = "account";

/// A grant, and the client that holds it.
#[derive(ToSchema)]
pub struct TokenRequest {
    /// `urn:ietf:params:oauth:grant-type:device_code` or `refresh_token`.
    #[schema(min_length = 1)]
    grant_type: String,
    /// A registered client.
    #[schema(min_length = 1)]
    client_id: String,
    /// With the first.
    #[schema(required = false)]
    device_code: Option<String>,
    /// With the second.
    #[schema(required = false)]
    refresh_token: Option<String>,
}

impl FromFields for TokenRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let grant_type = fields.text("grant_type").required();
        let client_id = fields.text("client_id").required();
        let is = |kind: &str| grant_type.as_deref() == Ok(kind);
        let (by_code, by_token) = (is(DEVICE_CODE), is(REFRESH_TOKEN));
        let mut needed = |name, needed: bool| {
            let field = needed.then(|| fields.text(name).required());
            field.transpose()
        };
        let device_code = needed("device_code", by_code);
        let refresh_token = needed("refresh_token", by_token);
        Ok(Self {
            grant_type: grant_type?,
            client_id: client_id?,
            device_code: device_code?,
            refresh_token: refresh_token?,
        })
    }
}

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const REFRESH_TOKEN: &str = "refresh_token";

/// Tokens.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenResponse)]
pub struct Issued {
    /// The access token (RFC 9068).
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds for which it is good.
    expires_in: u64,
    /// What comes after it; good once.
    refresh_token: String,
    /// Always `account`, whatever was asked for.
    scope: &'static str,
}

/// Exchange a grant for tokens.
///
/// # Errors
/// The words of RFC 6749 §5.2 and RFC 8628 §3.5, or a limit.
#[utoipa::path(
    post, path = "/oauth/token", operation_id = "oauth_token",
    tags = ["ravi", "OAuth"], security(()),
    request_body(content((TokenRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, body = Issued, description = "Tokens"),
        (status = 400, body = OAuthError, description = "Not yet, or never"),
        (status = 413, body = OAuthError, description = "Larger than any form of ours"),
        (status = 415, body = OAuthError, description = "Not a form"),
        (status = 429, body = OAuthError, description = "Too many bad grants from one network"),
        (status = 503, body = OAuthError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Form(asked): Form<TokenRequest>,
) -> Reply<Issued> {
    let brought = (asked.device_code.as_deref(), asked.refresh_token.as_deref());
    let grant = match (asked.grant_type.as_str(), brought) {
        (DEVICE_CODE, (Some(code), _)) => ClientGrant::DeviceCode(code),
        (REFRESH_TOKEN, (_, Some(token))) => ClientGrant::RefreshToken(token),
        _ => ClientGrant::Unsupported,
    };
    let issued = postern
        .client_tokens(&meta, &asked.client_id, grant)
        .await?;
    Ok(Json(Issued {
        access_token: issued.access,
        token_type: "Bearer",
        expires_in: issued.expires_in,
        refresh_token: issued.refresh,
        scope: SCOPE,
    }))
}
