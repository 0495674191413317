//! `GET /.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`: where
//! everything is.
//!
//! One document at two paths: OpenID Connect Discovery's, where API Gateway and most
//! libraries look, and that of RFC 8414, where the others do. It says what is true of us and
//! leaves out what is not there.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::client::AuthMethod;
use domain::oidc::claims::ACR_MFA;
use domain::oidc::scope;
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::jwks::cached;

/// The claims that there are.
const CLAIMS: [&str; 23] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "amr",
    "acr",
    "sid",
    "at_hash",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "picture",
    "zoneinfo",
    "locale",
    "updated_at",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
];

/// What the issuer offers (OpenID Connect Discovery §3, RFC 8414 §2, RFC 8628 §4, RFC 9207
/// §3, RP-Initiated Logout §2.1).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuerMetadata)]
pub struct Metadata {
    /// What stands in `iss` of every token.
    issuer: String,
    /// Where a client sends a browser.
    authorization_endpoint: String,
    /// What a client is told of a person.
    userinfo_endpoint: String,
    /// Where a client has a browser signed out.
    end_session_endpoint: String,
    /// Where the keys are.
    jwks_uri: String,
    /// Where a registered client begins.
    device_authorization_endpoint: String,
    /// Where it gets its tokens.
    token_endpoint: String,
    /// How clients say who they are there.
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// Where a service asks what a token is worth (RFC 7662).
    introspection_endpoint: String,
    /// How it says who it is: by an API key, as a bearer.
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    /// Where a token is ended (RFC 7009).
    revocation_endpoint: String,
    /// The token itself is the proof.
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    /// What their assertions may be signed with.
    token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    /// Codes, and nothing that a browser could lose.
    response_types_supported: Vec<&'static str>,
    /// How a code travels.
    response_modes_supported: Vec<&'static str>,
    /// The one transformation of PKCE, which is demanded.
    code_challenge_methods_supported: Vec<&'static str>,
    /// Whether every answer says who gives it: yes.
    authorization_response_iss_parameter_supported: bool,
    /// What clients may be let ask for; each has its own list, and APIs have scopes beside
    /// these.
    scopes_supported: Vec<&'static str>,
    /// What scopes tell of a person, and what ID tokens hold.
    claims_supported: Vec<&'static str>,
    /// What ID tokens are signed with: by the key in force.
    id_token_signing_alg_values_supported: Vec<String>,
    /// What a sign-in by more than one factor is called.
    acr_values_supported: Vec<&'static str>,
    /// What a client may have the person asked.
    prompt_values_supported: Vec<&'static str>,
    /// Languages of the pages.
    ui_locales_supported: Vec<&'static str>,
    /// `claims` changes nothing.
    claims_parameter_supported: bool,
    /// `request` is refused.
    request_parameter_supported: bool,
    /// `request_uri` is refused, which left out would be a yes.
    request_uri_parameter_supported: bool,
    /// What the token endpoint takes.
    grant_types_supported: Vec<&'static str>,
    /// A person has one `sub` for everybody, or one for each client that is registered so.
    subject_types_supported: Vec<&'static str>,
    /// The OpenAPI documents, to read.
    service_documentation: String,
}

impl Metadata {
    fn new(issuer: &str, algorithms: Vec<String>) -> Self {
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: format!("{issuer}/oauth/authorize"),
            userinfo_endpoint: format!("{issuer}/oauth/userinfo"),
            end_session_endpoint: format!("{issuer}/oauth/logout"),
            jwks_uri: format!("{issuer}/.well-known/jwks.json"),
            device_authorization_endpoint: format!("{issuer}/oauth/device_authorization"),
            token_endpoint: format!("{issuer}/oauth/token"),
            token_endpoint_auth_methods_supported: AuthMethod::ALL.map(AuthMethod::name).to_vec(),
            token_endpoint_auth_signing_alg_values_supported: vec!["RS256", "ES256", "EdDSA"],
            introspection_endpoint: format!("{issuer}/tokens/introspect"),
            introspection_endpoint_auth_methods_supported: vec!["Bearer"],
            revocation_endpoint: format!("{issuer}/tokens/revoke"),
            revocation_endpoint_auth_methods_supported: vec!["none"],
            response_types_supported: vec!["code"],
            response_modes_supported: vec!["query", "form_post"],
            code_challenge_methods_supported: vec!["S256"],
            authorization_response_iss_parameter_supported: true,
            scopes_supported: scope::OURS.to_vec(),
            claims_supported: CLAIMS.to_vec(),
            id_token_signing_alg_values_supported: algorithms,
            acr_values_supported: vec![ACR_MFA],
            prompt_values_supported: vec!["none", "login", "consent", "select_account"],
            ui_locales_supported: vec!["en", "de"],
            claims_parameter_supported: false,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
            grant_types_supported: vec![
                "authorization_code",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code",
                "refresh_token",
            ],
            subject_types_supported: vec!["public", "pairwise"],
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
    (cached(), Json(metadata(&postern)))
}

/// The same where RFC 8414 has it.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", operation_id = "oauth_authorization_server",
    tags = ["cashless", "well-known"], security(()),
    responses((status = 200, body = Metadata, description = "The issuer's metadata"))
)]
pub async fn authorization_server(State(postern): State<Postern>) -> impl IntoResponse {
    (cached(), Json(metadata(&postern)))
}

/// The metadata, with the algorithm of the key that signs now.
fn metadata(postern: &Postern) -> Metadata {
    let now = postern.now();
    let kid = postern.signing_key_id();
    let published = postern.published_keys(now);
    let in_force = published.iter().filter(|key| key.kid == kid);
    let algorithms = in_force.map(|key| key.alg.to_owned()).collect();
    Metadata::new(&postern.settings().issuer, algorithms)
}
