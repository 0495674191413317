//! Firebase Authentication on this machine, as a project's backend sees it: the
//! certificates that ID tokens are verified with, and tokens for any person asked for, in
//! place of Firebase's own sign-in.
//!
//! | request | answer |
//! |---|---|
//! | `GET /firebase/certificates` | certificates by key id, as Google publishes them |
//! | `POST /firebase/tokens` | `{"id_token"}` for the claims of the body |

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, SigningKey as _};
use serde_json::{Map, Value, json};

use crate::clock::Clock;

/// The one project that there is.
pub const PROJECT: &str = "postern-local";

/// Where its keys are, behind the address of the server.
pub const KEYS_PATH: &str = "/firebase/certificates";

/// For how many seconds the certificates say that they are good.
const MAX_AGE: u64 = 6 * 3600;

/// For how many seconds a token is good.
const LIFETIME: i64 = 3600;

/// The project. A clone is another handle to the same one.
#[derive(Clone)]
pub struct Firebase(Arc<Inner>);

struct Inner {
    clock: Clock,
    state: Mutex<Keys>,
}

/// The signing keys, the newest last. Made at the first use: an RSA key takes a
/// while.
#[derive(Default)]
struct Keys {
    keys: Vec<Key>,
    made: u32,
    asked: u32,
}

struct Key {
    kid: String,
    pair: KeyPair,
    certificate: String,
}

impl Keys {
    fn newest(&mut self) -> Result<&Key, rcgen::Error> {
        if self.keys.is_empty() {
            self.make()?;
        }
        self.keys
            .last()
            .ok_or(rcgen::Error::KeyGenerationUnavailable)
    }

    fn make(&mut self) -> Result<(), rcgen::Error> {
        let pair = KeyPair::generate_for(&PKCS_RSA_SHA256)?;
        let certificate = CertificateParams::new(Vec::new())?
            .self_signed(&pair)?
            .pem();
        self.made += 1;
        self.keys.push(Key {
            kid: format!("key-{}", self.made),
            pair,
            certificate,
        });
        Ok(())
    }
}

impl Firebase {
    /// A project that tells the time by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            clock,
            state: Mutex::default(),
        }))
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs with another key from now on, and forgets the one before.
    ///
    /// # Errors
    /// If the machine cannot make a key.
    pub fn rotate(&self) -> Result<(), rcgen::Error> {
        let mut keys = self.keys();
        keys.keys.clear();
        keys.make()
    }

    /// How often the certificates were asked for.
    #[must_use]
    pub fn asked(&self) -> u32 {
        self.keys().asked
    }

    /// An ID token of a person who has just signed in: the usual claims, with those of
    /// `said` beside them or in their place.
    ///
    /// # Errors
    /// If the machine cannot make a key.
    pub fn token(&self, said: &Map<String, Value>) -> Result<String, rcgen::Error> {
        let now = (self.0.clock)().as_second();
        let mut claims = json!({
            "iss": format!("{}{PROJECT}", domain::firebase::ISSUER),
            "aud": PROJECT,
            "iat": now,
            "exp": now + LIFETIME,
            "auth_time": now,
        });
        if let Some(claims) = claims.as_object_mut() {
            claims.extend(said.clone());
        }
        let mut keys = self.keys();
        let key = keys.newest()?;
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key.kid });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = key.pair.sign(signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// The project's addresses.
pub fn router(firebase: Firebase) -> Router {
    Router::new()
        .route(KEYS_PATH, get(certificates))
        .route("/firebase/tokens", post(tokens))
        .with_state(firebase)
}

async fn certificates(State(firebase): State<Firebase>) -> Response {
    let mut keys = firebase.keys();
    keys.asked += 1;
    if let Err(error) = keys.newest() {
        return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
    }
    let named = keys.keys.iter();
    let named: BTreeMap<String, String> = named
        .map(|key| (key.kid.clone(), key.certificate.clone()))
        .collect();
    let lasts = format!("public, max-age={MAX_AGE}, must-revalidate");
    ([("cache-control", lasts)], Json(named)).into_response()
}

async fn tokens(
    State(firebase): State<Firebase>,
    Json(said): Json<Map<String, Value>>,
) -> Response {
    match firebase.token(&said) {
        Ok(token) => Json(json!({ "id_token": token })).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
