//! `GET /.well-known/openid-configuration`: where everything is.
//!
//! The path is OpenID Connect Discovery's, because that is where API Gateway and
//! the libraries look; the members are those of RFC 8414 that are true of us.
//! There is no authorization endpoint and there are no ID tokens, so what those
//! documents require of them is an empty list, or left out. Clients without a
//! browser begin at the device authorization endpoint (RFC 8628 §4).

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::jwks::cached;

/// What the issuer offers (RFC 8414 §2, RFC 8628 §4).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuerMetadata)]
pub struct Metadata {
    /// What stands in `iss` and `aud` of every token.
    issuer: String,
    /// Where the keys are.
    jwks_uri: String,
    /// Where a registered client begins.
    device_authorization_endpoint: String,
    /// Where it gets its tokens.
    token_endpoint: String,
    /// Clients are public: they have no secret.
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// Where a service asks what a token is worth (RFC 7662).
    introspection_endpoint: String,
    /// How it says who it is: by an API key, as a bearer.
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    /// Where a token is ended (RFC 7009).
    revocation_endpoint: String,
    /// The token itself is the proof.
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    /// None: nobody is sent here through a browser.
    response_types_supported: Vec<&'static str>,
    /// What the token endpoint takes.
    grant_types_supported: Vec<&'static str>,
    /// A person has one `sub` for everybody.
    subject_types_supported: Vec<&'static str>,
    /// The OpenAPI documents, to read.
    service_documentation: String,
}

impl Metadata {
    fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            jwks_uri: format!("{issuer}/.well-known/jwks.json"),
            device_authorization_endpoint: format!("{issuer}/oauth/device_authorization"),
            token_endpoint: format!("{issuer}/oauth/token"),
            token_endpoint_auth_methods_supported: vec!["none"],
            introspection_endpoint: format!("{issuer}/tokens/introspect"),
            introspection_endpoint_auth_methods_supported: vec!["Bearer"],
            revocation_endpoint: format!("{issuer}/tokens/revoke"),
            revocation_endpoint_auth_methods_supported: vec!["none"],
            response_types_supported: Vec::new(),
            grant_types_supported: vec![
                "urn:ietf:params:oauth:grant-type:device_code",
                "refresh_token",
            ],
            subject_types_supported: vec!["public"],
            service_documentation: format!("{issuer}/docs"),
        }
    }
}

/// Where a client finds the keys and the endpoints that are standards, given
/// nothing but the issuer.
#[utoipa::path(
    get, path = "/.well-known/openid-configuration", operation_id = "openid_configuration",
    tags = ["cashless", "well-known"], security(()),
    responses((status = 200, body = Metadata, description = "The issuer's metadata"))
)]
pub async fn handle(State(postern): State<Postern>) -> impl IntoResponse {
    let metadata = Metadata::new(&postern.settings().issuer);
    (cached(), Json(metadata))
}
