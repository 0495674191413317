//! `GET /.well-known/jwks.json`: the keys that our tokens are verified with.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{AppendHeaders, IntoResponse};
use crypto::{Jwk, PublicKey};
use domain::rotation::CACHED_FOR;
use edge::{Meta, Refusal};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// A set of keys (RFC 7517 §5).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JWKSet)]
pub struct KeySet {
    /// Retired keys whose tokens may still be good, the one in force, and the one to
    /// come.
    keys: Vec<Key>,
}

/// A public key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = JWK)]
pub struct Key {
    /// The name by which tokens point at it.
    kid: String,
    /// `RSA`, `EC` or `OKP`.
    kty: String,
    /// What its tokens are signed with.
    alg: &'static str,
    /// `sig`: it verifies, and encrypts nothing.
    #[serde(rename = "use")]
    usage: &'static str,
    /// The modulus (RSA).
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    /// The public exponent (RSA).
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    /// The curve (EC, OKP).
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    /// The first coordinate (EC), or the key (OKP).
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    /// The second coordinate (EC).
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

impl From<Jwk> for Key {
    fn from(jwk: Jwk) -> Self {
        let named = Self {
            kid: jwk.kid,
            alg: jwk.alg,
            usage: jwk.usage,
            ..Self::default()
        };
        match jwk.key {
            PublicKey::Rsa { e, kty, n } => Self {
                kty,
                n: Some(n),
                e: Some(e),
                ..named
            },
            PublicKey::Ec { crv, kty, x, y } => Self {
                kty,
                crv: Some(crv),
                x: Some(x),
                y: Some(y),
                ..named
            },
            PublicKey::Okp { crv, kty, x } => Self {
                kty,
                crv: Some(crv),
                x: Some(x),
                ..named
            },
        }
    }
}

/// How long caches may keep an answer of this family that says nothing about a person.
pub(crate) fn cached() -> AppendHeaders<[(axum::http::HeaderName, HeaderValue); 1]> {
    let value = format!("public, max-age={CACHED_FOR}");
    let value = HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("no-cache"));
    AppendHeaders([(CACHE_CONTROL, value)])
}

/// The keys that access tokens are verified with. A key stands here hours before
/// it signs and for three days after, so a copy may be kept as long as
/// `Cache-Control` says; who meets an unknown `kid` asks again.
///
/// # Errors
/// None that a client can bring about.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", operation_id = "jwks",
    tags = ["cashless", "well-known"], security(()),
    responses((status = 200, body = KeySet, description = "The keys"))
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
) -> Result<impl IntoResponse, Refusal> {
    let keys = postern.published_keys(meta.now);
    let keys = keys.into_iter().map(Key::from).collect();
    Ok((cached(), Json(KeySet { keys })))
}
