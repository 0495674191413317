//! reCAPTCHA's verifier on this machine, for pages that have nothing to solve here.
//!
//! A token is what its maker says of it, `action:score:anything`, such as `login:0.9:first`,
//! and good once. [`SILENT`] is one for which there is no answer.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

/// Where it is, behind the address of the server.
pub const PATH: &str = "/recaptcha/api/siteverify";

/// The secret of the one site that there is, which is none, since it stands here.
pub const SECRET: &str = "local-secret-of-the-test-recaptcha";

/// A token that is not answered.
pub const SILENT: &str = "silent";

/// Tokens that were shown.
type Shown = Arc<Mutex<HashSet<String>>>;

#[derive(Deserialize)]
struct Asked {
    secret: String,
    response: String,
}

/// What a token says of itself.
fn verdict(token: &str) -> Option<Value> {
    let mut parts = token.splitn(3, ':');
    let (action, score) = (parts.next()?, parts.next()?);
    parts.next()?;
    let score = score.parse::<f64>().ok()?;
    Some(json!({ "success": true, "action": action, "score": score }))
}

async fn verify(State(shown): State<Shown>, Form(asked): Form<Asked>) -> Response {
    let refused = |code: &str| json!({ "success": false, "error-codes": [code] });
    if asked.response == SILENT {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let answer = if asked.secret == SECRET {
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        match verdict(&asked.response) {
            Some(_) if !shown.insert(asked.response) => refused("timeout-or-duplicate"),
            Some(verdict) => verdict,
            None => refused("invalid-input-response"),
        }
    } else {
        refused("invalid-input-secret")
    };
    Json(answer).into_response()
}

/// A verifier that has seen no token yet.
pub fn router() -> Router {
    let shown = Shown::default();
    Router::new().route(PATH, post(verify)).with_state(shown)
}
