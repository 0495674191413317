//! `POST /oauth/token`: RFC 6749 §4.1.3, §4.4, §5 and §6, RFC 8628 §3.4, OpenID Connect Core
//! §3.1.3.

use axum::Json;
use axum::extract::State;
use edge::{BasicClient, Fields, Form, FromFields, Meta, Rejected, Reply};
use flows::{AskedOf, ClientGrant, ClientTokens, CodeExchange, Postern};
use serde::Serialize;
use utoipa::ToSchema;

use crate::credentials::Shown;
use crate::reply::OAuthError;

const AUTHORIZATION_CODE: &str = "authorization_code";
const CLIENT_CREDENTIALS: &str = "client_credentials";
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const REFRESH_TOKEN: &str = "refresh_token";

/// A grant, and the client that holds it.
#[derive(ToSchema)]
pub struct TokenRequest {
    /// `authorization_code`, `refresh_token`, `client_credentials` or
    /// `urn:ietf:params:oauth:grant-type:device_code`.
    #[schema(min_length = 1)]
    grant_type: String,
    /// The client.
    #[schema(inline)]
    #[serde(flatten)]
    client: Shown,
    /// With `authorization_code`.
    #[schema(required = false)]
    code: Option<String>,
    /// With `authorization_code`: the one of the request.
    #[schema(required = false)]
    redirect_uri: Option<String>,
    /// With `authorization_code` (RFC 7636).
    #[schema(required = false)]
    code_verifier: Option<String>,
    /// With the device code's grant.
    #[schema(required = false)]
    device_code: Option<String>,
    /// With `refresh_token`.
    #[schema(required = false)]
    refresh_token: Option<String>,
    /// Less than what was granted, or what a client wants for itself.
    #[schema(required = false)]
    scope: Option<String>,
    /// The APIs that the token is for (RFC 8707); may stand several times.
    #[schema(required = false)]
    resource: Vec<String>,
}

impl FromFields for TokenRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let grant_type = fields.text("grant_type").required();
        let client = Shown::read(fields);
        let is = |kind: &str| grant_type.as_deref() == Ok(kind);
        let (by_browser, by_device, by_token) =
            (is(AUTHORIZATION_CODE), is(DEVICE_CODE), is(REFRESH_TOKEN));
        let mut needed = |name, needed: bool| {
            let field = needed.then(|| fields.text(name).required());
            field.transpose()
        };
        let code = needed("code", by_browser);
        let redirect_uri = needed("redirect_uri", by_browser);
        let code_verifier = needed("code_verifier", by_browser);
        let device_code = needed("device_code", by_device);
        let refresh_token = needed("refresh_token", by_token);
        let scope = fields.text("scope").optional();
        Ok(Self {
            grant_type: grant_type?,
            client: client?,
            code: code?,
            redirect_uri: redirect_uri?,
            code_verifier: code_verifier?,
            device_code: device_code?,
            refresh_token: refresh_token?,
            scope,
            resource: fields.repeated("resource"),
        })
    }
}

impl TokenRequest {
    /// The grant, with what it needs, which the reading has seen to.
    fn grant(&self) -> ClientGrant<'_> {
        match self.grant_type.as_str() {
            AUTHORIZATION_CODE => match (&self.code, &self.redirect_uri, &self.code_verifier) {
                (Some(code), Some(redirect_uri), Some(verifier)) => {
                    ClientGrant::Code(CodeExchange {
                        code,
                        redirect_uri,
                        verifier,
                    })
                }
                _ => ClientGrant::Unsupported,
            },
            CLIENT_CREDENTIALS => ClientGrant::Itself,
            DEVICE_CODE => match &self.device_code {
                Some(code) => ClientGrant::DeviceCode(code),
                None => ClientGrant::Unsupported,
            },
            REFRESH_TOKEN => match &self.refresh_token {
                Some(token) => ClientGrant::RefreshToken(token),
                None => ClientGrant::Unsupported,
            },
            _ => ClientGrant::Unsupported,
        }
    }
}

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
    /// What comes after it; good once. For devices, and for `offline_access`.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Who the person is, for `openid`.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    /// What the access token may be used for; `account` for devices, whatever they asked for.
    scope: String,
}

impl From<ClientTokens> for Issued {
    fn from(tokens: ClientTokens) -> Self {
        Self {
            access_token: tokens.access,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            refresh_token: tokens.refresh,
            id_token: tokens.id_token,
            scope: tokens.scope,
        }
    }
}

/// Exchange a grant for tokens.
///
/// # Errors
/// The words of RFC 6749 §5.2, RFC 8628 §3.5 and RFC 8707 §2, or a limit.
#[utoipa::path(
    post, path = "/oauth/token", operation_id = "oauth_token",
    tags = ["ravi", "OAuth"], security(()),
    request_body(content((TokenRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, body = Issued, description = "Tokens"),
        (status = 400, body = OAuthError, description = "Not yet, or never"),
        (status = 401, body = OAuthError, description = "A client that did not show who it is"),
        (status = 413, body = OAuthError, description = "Larger than any form of ours"),
        (status = 415, body = OAuthError, description = "Not a form"),
        (status = 429, body = OAuthError, description = "Too many bad grants from one network"),
        (status = 503, body = OAuthError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    BasicClient(header): BasicClient,
    Form(sent): Form<TokenRequest>,
) -> Reply<Issued> {
    let client = sent.client.with(header.as_ref())?;
    let asked = AskedOf {
        scopes: sent.scope.clone(),
        resources: sent.resource.clone(),
    };
    let issued = postern
        .client_tokens(&meta, client, sent.grant(), &asked)
        .await?;
    Ok(Json(issued.into()))
}
