//! `POST /tokens/introspect`: token introspection (RFC 7662).

use axum::Json;
use axum::extract::State;
use domain::UnixTime;
use domain::service_key::{INTROSPECT, ServiceKey};
use domain::token::Audience;
use edge::{Fields, Form, FromFields, Introspector, Meta, Rejected, Reply};
use flows::{Credential, CredentialKind, Postern};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::OAuthError;

/// The token to look at.
#[derive(ToSchema)]
pub struct IntrospectionRequest {
    /// An access token, or an API key.
    #[schema(min_length = 1)]
    token: String,
    /// Ignored: the token itself tells what it is.
    #[schema(required = false)]
    #[allow(dead_code, reason = "documented, and ignored as RFC 7662 §2.1 allows")]
    token_type_hint: Option<String>,
}

impl FromFields for IntrospectionRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let token = fields.text("token").required();
        Ok(Self {
            token: token?,
            token_type_hint: None,
        })
    }
}

/// What it is worth (RFC 7662 §2.2). Nothing but `active` unless it is good.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = IntrospectionResponse)]
pub struct Introspected {
    /// Whether it is good now.
    active: bool,
    /// What it may be used for: the scopes of a client's token, or of an API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// The client that a token was given to; or the service whose API key it is, by the key's
    /// id.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// `Bearer`, for an access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// When it ends, in seconds since 1970; an API key has no end.
    #[schema(value_type = i64, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<UnixTime>,
    /// When it was made, in seconds since 1970.
    #[schema(value_type = i64, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<UnixTime>,
    /// The account, or the API key's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// For whom it is: a name, or several.
    #[schema(value_type = serde_json::Value, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Audience>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    /// The token's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    /// What its session may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// The event that it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<u64>,
}

impl Introspected {
    fn new(worth: flows::Introspected, issuer: &str) -> Self {
        let active = Self {
            active: true,
            iss: Some(issuer.to_owned()),
            ..Self::default()
        };
        let credential = match worth {
            flows::Introspected::Credential(credential) => credential,
            flows::Introspected::Client(claims) => {
                return Self {
                    scope: Some(claims.scope),
                    client_id: Some(claims.client_id),
                    token_type: Some("Bearer"),
                    exp: Some(claims.exp),
                    iat: Some(claims.iat),
                    sub: Some(claims.sub),
                    aud: Some(claims.aud),
                    jti: Some(claims.jti),
                    ..active
                };
            }
        };
        match credential {
            Credential::Access(claims) => Self {
                scope: claims.scope,
                client_id: claims.client_id,
                token_type: Some("Bearer"),
                exp: Some(claims.exp),
                iat: Some(claims.iat),
                sub: Some(claims.sub.to_string()),
                aud: Some(claims.aud),
                jti: Some(claims.jti),
                role: Some(claims.role),
                event_id: claims.event_id,
                ..active
            },
            Credential::Offline(claims) => Self {
                token_type: Some("Bearer"),
                exp: Some(claims.exp),
                iat: Some(claims.iat),
                sub: Some(claims.sub.to_string()),
                aud: Some(Audience::One(claims.aud)),
                jti: Some(claims.jti),
                role: Some(claims.role),
                event_id: Some(claims.event_id),
                ..active
            },
            Credential::Operator(claims) => Self {
                token_type: Some("Bearer"),
                exp: Some(claims.exp),
                iat: Some(claims.iat),
                sub: Some(claims.sub.to_string()),
                aud: Some(Audience::One(claims.aud)),
                role: Some(claims.role),
                event_id: claims.event_id,
                ..active
            },
            Credential::Service(key) => Self {
                scope: Some(key.scope()),
                client_id: Some(key.id.to_string()),
                sub: Some(key.id.to_string()),
                iat: Some(key.created_at),
                event_id: Some(key.event_id),
                ..active
            },
            Credential::Personal(user) => Self {
                sub: Some(user.sub.to_string()),
                role: Some("user".to_owned()),
                ..active
            },
        }
    }
}

/// The kinds that a service takes: the usual ones, and those that a scope of its key
/// names, such as `introspect:offline`.
fn kinds(key: &ServiceKey) -> Vec<CredentialKind> {
    let named = |kind: &CredentialKind| {
        let scope = format!("{INTROSPECT}:{}", kind.name());
        CredentialKind::USUAL.contains(kind) || key.has(&scope)
    };
    CredentialKind::ALL.into_iter().filter(named).collect()
}

/// Introspect a token or API key of ours, as of now (RFC 7662). The caller is a
/// service with an API key of the scope `introspect`, and takes access tokens and keys
/// of services; scopes `introspect:offline`, `introspect:operator` and
/// `introspect:personal` add what they name. Refresh tokens are for nobody else and
/// never active here.
///
/// # Errors
/// A caller that may not, a malformed body, or a limit.
#[utoipa::path(
    post, path = "/tokens/introspect", operation_id = "introspect_token",
    tags = ["cashless", "tokens"], security(("jwtAuth" = []), ("apiKeyAuth" = [])),
    request_body(content = IntrospectionRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = Introspected, description = "What it is worth"),
        (status = 400, body = OAuthError, description = "`invalid_request`"),
        (status = 401, body = OAuthError, description = "`invalid_token`: not an API key"),
        (status = 403, body = OAuthError, description = "`insufficient_scope`"),
        (status = 413, body = OAuthError, description = "Larger than any form of ours"),
        (status = 415, body = OAuthError, description = "Not a form"),
        (status = 429, body = OAuthError, description = "Over 600 a minute by one key, or what is set"),
        (status = 503, body = OAuthError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Introspector(key): Introspector,
    Form(asked): Form<IntrospectionRequest>,
) -> Reply<Introspected> {
    let kinds = kinds(&key);
    let worth = postern
        .introspect_for(&key, &asked.token, &kinds, meta.now)
        .await?;
    let issuer = &postern.settings().issuer;
    let found = worth.map(|worth| Introspected::new(worth, issuer));
    Ok(Json(found.unwrap_or_default()))
}
