//! The app's side: codes for tokens, and who a token is.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use crypto::{SystemEntropy, derive};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CLIENT_ID, CLIENT_SECRET, GitHub, Person};

/// What an app sends for a token.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    client_id: String,
    client_secret: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

/// GitHub's refusals, by name and sentence.
const WRONG_APP: (&str, &str) = (
    "incorrect_client_credentials",
    "The client_id and/or client_secret passed are incorrect.",
);
const WRONG_CODE: (&str, &str) = (
    "bad_verification_code",
    "The code passed is incorrect or expired.",
);
const WRONG_WAY_BACK: (&str, &str) = (
    "redirect_uri_mismatch",
    "The redirect_uri MUST match the registered callback URL for this application.",
);

impl GitHub {
    fn exchange(&self, form: &Form) -> Result<String, (&'static str, &'static str)> {
        if form.client_id != CLIENT_ID || form.client_secret != CLIENT_SECRET {
            return Err(WRONG_APP);
        }
        let now = self.now();
        let mut state = self.state();
        // Removed whatever comes of it: a code is tried once.
        let grant = state.codes.remove(&form.code).ok_or(WRONG_CODE)?;
        let asked = &grant.request;
        let challenge = derive::token_hash(&form.code_verifier);
        let proven = asked.code_challenge.is_empty() || challenge == asked.code_challenge;
        if grant.ends_at <= now || !proven {
            return Err(WRONG_CODE);
        }
        if form.redirect_uri != asked.redirect_uri {
            return Err(WRONG_WAY_BACK);
        }
        let token = format!("gho_{}", derive::fresh_token(&SystemEntropy));
        state.tokens.insert(token.clone(), grant.person);
        Ok(token)
    }

    fn bearer(&self, headers: &HeaderMap) -> Option<Person> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        let known = ["bearer", "token"].contains(&scheme.to_lowercase().as_str());
        self.state().tokens.get(token).filter(|_| known).cloned()
    }
}

pub(super) async fn access_token(
    State(github): State<GitHub>,
    headers: HeaderMap,
    axum::Form(form): axum::Form<Form>,
) -> Response {
    let pairs = match github.exchange(&form) {
        Ok(token) => vec![
            ("access_token", token),
            ("scope", "read:user,user:email".to_owned()),
            ("token_type", "bearer".to_owned()),
        ],
        Err((error, text)) => vec![
            ("error", error.to_owned()),
            ("error_description", text.to_owned()),
        ],
    };
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("json")) {
        let body: serde_json::Map<String, Value> = pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        return Json(body).into_response();
    }
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    ([(header::CONTENT_TYPE, form)], body).into_response()
}

pub(super) async fn user(State(github): State<GitHub>, headers: HeaderMap) -> Response {
    known(&github, &headers, |person| {
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let drawn = || format!("http://{}/avatar.svg", host.unwrap_or("localhost"));
        json!({
            "id": person.id(),
            "login": person.login,
            "name": (!person.name.is_empty()).then_some(&person.name),
            "email": person.email,
            "avatar_url": person.picture.clone().unwrap_or_else(drawn),
            "type": "User",
        })
    })
}

pub(super) async fn emails(State(github): State<GitHub>, headers: HeaderMap) -> Response {
    known(&github, &headers, |person| {
        // GitHub's own address for the person comes first: verified, never primary.
        let private = format!("{}@users.noreply.github.example", person.login);
        json!([
            { "email": private, "primary": false, "verified": true, "visibility": null },
            {
                "email": person.email, "primary": true, "verified": person.verified.is_some(),
                "visibility": "private",
            },
        ])
    })
}

fn known(github: &GitHub, headers: &HeaderMap, tell: impl Fn(&Person) -> Value) -> Response {
    // GitHub refuses a request without a `User-Agent`.
    if !headers.contains_key(header::USER_AGENT) {
        let text = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    match github.bearer(headers) {
        Some(person) => Json(tell(&person)).into_response(),
        None => {
            let body = json!({ "message": "Bad credentials", "status": "401" });
            (StatusCode::UNAUTHORIZED, Json(body)).into_response()
        }
    }
}
