//! The application's side: codes for tokens, and the keys that sign those.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use crypto::derive;
use domain::provider::Provider;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CLIENT_ID, GOOGLE_SECRET, Grant, Social};

/// What an application sends for a token (RFC 6749 §4.1.3).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    client_id: String,
    client_secret: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

impl Social {
    /// The grant of a code, for the application and the way back that it was made for.
    fn trade(&self, provider: Provider, form: &Form) -> Result<Grant, &'static str> {
        if form.client_id != CLIENT_ID || form.client_secret != GOOGLE_SECRET {
            return Err("invalid_client");
        }
        let now = self.now();
        let mut state = self.state();
        // Removed whatever comes of it: a code is tried once.
        let grant = state.codes.remove(&form.code).ok_or("invalid_grant")?;
        let asked = &grant.request;
        let challenge = derive::token_hash(&form.code_verifier);
        let proven = asked.code_challenge.is_empty() || challenge == asked.code_challenge;
        let fits = form.redirect_uri == asked.redirect_uri && grant.provider == provider;
        if grant.ends_at <= now || !proven || !fits {
            return Err("invalid_grant");
        }
        state.traded += 1;
        Ok(grant)
    }

    /// The token of a grant, for the application that asked.
    fn granted(&self, grant: &Grant) -> Result<String, rcgen::Error> {
        let mut said = grant.person.claims();
        said["aud"] = grant.request.client_id.as_str().into();
        said["nonce"] = grant.request.nonce.as_str().into();
        self.token(grant.provider, &said)
    }
}

pub(super) async fn google_token(
    State(social): State<Social>,
    axum::Form(form): axum::Form<Form>,
) -> Response {
    match social.trade(Provider::Google, &form) {
        Ok(grant) => {
            told(social.granted(&grant).map(
                |token| json!({ "id_token": token, "token_type": "Bearer", "expires_in": 3600 }),
            ))
        }
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
    }
}

pub(super) async fn keys(State(social): State<Social>) -> Response {
    told(social.state().keys.set())
}

fn told(answer: Result<Value, rcgen::Error>) -> Response {
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
