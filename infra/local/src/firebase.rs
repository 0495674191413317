//! Firebase Authentication on this machine, as a project's backend sees it: the
//! certificates that ID tokens are verified with, and tokens for any person asked for, in
//! place of Firebase's own sign-in.
//!
//! | request | answer |
//! |---|---|
//! | `GET /firebase/certificates` | certificates by key id, as Google publishes them |
//! | `POST /firebase/tokens` | `{"id_token"}` for the claims of the body |

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use crate::clock::Clock;
use crate::signing::Keys;

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
    asked: AtomicU32,
}

impl Firebase {
    /// A project that tells the time by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            clock,
            state: Mutex::default(),
            asked: AtomicU32::default(),
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
        self.keys().rotate()
    }

    /// How often the certificates were asked for.
    #[must_use]
    pub fn asked(&self) -> u32 {
        self.0.asked.load(Ordering::SeqCst)
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
        self.keys().sign(&claims)
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
    firebase.0.asked.fetch_add(1, Ordering::SeqCst);
    let named = match firebase.keys().certificates() {
        Ok(named) => named,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
        }
    };
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
