//! The application's side: codes for tokens, the keys that sign those, and who a token is.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use crypto::derive;
use domain::provider::Provider;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rcgen::KeyPair;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    APPLE_KEY, APPLE_KEY_ID, APPLE_TEAM, CLIENT_ID, FACEBOOK_SECRET, GOOGLE_SECRET, Grant, Person,
    Social,
};

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

/// What the client secret for Apple says beside issuer and audience.
#[derive(Clone, Deserialize)]
struct Assertion {
    sub: String,
    exp: i64,
}

impl Social {
    /// The grant of a code, for the application and the way back that it was made for.
    fn trade(&self, provider: Provider, form: &Form) -> Result<Grant, &'static str> {
        let knows_secret = match provider {
            Provider::Apple => self.is_signed(&form.client_secret),
            Provider::Facebook => form.client_secret == FACEBOOK_SECRET,
            _ => form.client_secret == GOOGLE_SECRET,
        };
        if form.client_id != CLIENT_ID || !knows_secret {
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

    /// Whether a client secret for Apple is what Apple asks for: a JWT of the team for the
    /// application, for Apple and for six months at most, signed by the team's key.
    fn is_signed(&self, secret: &str) -> bool {
        let Ok(pair) = KeyPair::from_pem(APPLE_KEY) else {
            return false;
        };
        let key = DecodingKey::from_ec_der(pair.public_key_raw());
        let mut rules = Validation::new(Algorithm::ES256);
        rules.validate_exp = false;
        rules.set_audience(&[self.url(Provider::Apple)]);
        rules.set_issuer(&[APPLE_TEAM]);
        let Ok(token) = jsonwebtoken::decode::<Assertion>(secret, &key, &rules) else {
            return false;
        };
        let now = self.now().as_second();
        token.header.kid.as_deref() == Some(APPLE_KEY_ID)
            && token.claims.sub == CLIENT_ID
            && (now + 1..=now + 15_777_000).contains(&token.claims.exp)
    }

    /// The token of a grant, for the application that asked. Apple says no name in it, and
    /// writes what is true as text.
    fn granted(&self, grant: &Grant) -> Result<String, rcgen::Error> {
        let mut said = grant.person.claims();
        if let Some(said) = said.as_object_mut() {
            let asked = &grant.request;
            said.insert("aud".to_owned(), asked.client_id.as_str().into());
            said.insert("nonce".to_owned(), asked.nonce.as_str().into());
            if grant.provider == Provider::Apple {
                said.retain(|name, _| !name.contains("name"));
                let verified = grant.person.verified.to_string();
                said.insert("email_verified".to_owned(), verified.into());
            }
        }
        self.token(grant.provider, &said)
    }

    fn answer(&self, provider: Provider, form: &Form) -> Response {
        match self.trade(provider, form) {
            Ok(grant) => told(self.granted(&grant).map(
                |token| json!({ "id_token": token, "token_type": "Bearer", "expires_in": 3600 }),
            )),
            Err(error) => refused(error),
        }
    }

    /// Whose token `headers` bear, and for which application it was made.
    fn bearer(&self, headers: &HeaderMap) -> Option<(String, Person)> {
        let made = self.state().tokens.get(bearer(headers)?).cloned()?;
        Some((made.client_id, made.person))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ")
}

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

pub(super) async fn google_token(
    State(social): State<Social>,
    axum::Form(form): axum::Form<Form>,
) -> Response {
    social.answer(Provider::Google, &form)
}

pub(super) async fn apple_token(
    State(social): State<Social>,
    axum::Form(form): axum::Form<Form>,
) -> Response {
    social.answer(Provider::Apple, &form)
}

pub(super) async fn facebook_token(
    State(social): State<Social>,
    axum::Form(form): axum::Form<Form>,
) -> Response {
    match social.trade(Provider::Facebook, &form) {
        Ok(grant) => {
            let token = social.access_token(&grant.request.client_id, grant.person);
            Json(json!({ "access_token": token, "token_type": "bearer" })).into_response()
        }
        Err(error) => refused(error),
    }
}

/// What Facebook is asked about a person.
#[derive(Deserialize)]
pub(super) struct Me {
    #[serde(default)]
    appsecret_proof: String,
}

pub(super) async fn facebook_me(
    State(social): State<Social>,
    headers: HeaderMap,
    Query(me): Query<Me>,
) -> Response {
    let Some((made_for, person)) = social.bearer(&headers) else {
        return refused("OAuthException");
    };
    let proof = proof(bearer(&headers).unwrap_or_default());
    // That of another application has another secret, by which it would be proven.
    if made_for != CLIENT_ID || me.appsecret_proof != proof {
        return refused("Invalid appsecret_proof provided in the API argument");
    }
    let email = person.verified.then_some(person.email);
    let said = json!({
        "id": person.subject, "name": "Ada King Lovelace", "first_name": "Ada",
        "last_name": "King Lovelace", "email": email,
    });
    Json(said).into_response()
}

/// HMAC-SHA256 of a token under the secret, in hexadecimal digits.
fn proof(token: &str) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, FACEBOOK_SECRET.as_bytes());
    derive::hex(aws_lc_rs::hmac::sign(&key, token.as_bytes()).as_ref())
}

/// The token that Facebook is asked about.
#[derive(Deserialize)]
pub(super) struct Input {
    input_token: String,
}

pub(super) async fn facebook_debug(
    State(social): State<Social>,
    headers: HeaderMap,
    Query(input): Query<Input>,
) -> Response {
    if bearer(&headers) != Some(&format!("{CLIENT_ID}|{FACEBOOK_SECRET}")) {
        return refused("OAuthException");
    }
    let found = social.state().tokens.get(&input.input_token).cloned();
    let data = match found {
        Some(made) => json!({
            "app_id": made.client_id, "is_valid": true, "user_id": made.person.subject,
            "issued_at": made.issued_at,
        }),
        None => json!({ "is_valid": false }),
    };
    Json(json!({ "data": data })).into_response()
}

/// Who uses an app on a phone.
#[derive(Deserialize)]
pub(super) struct AppUser {
    email: String,
}

fn app_token(social: &Social, provider: Provider, user: &AppUser) -> Response {
    let token = social.token_of(provider, &Person::new(&user.email));
    told(token.map(|token| json!({ "id_token": token })))
}

pub(super) async fn google_app_token(
    State(social): State<Social>,
    Json(user): Json<AppUser>,
) -> Response {
    app_token(&social, Provider::Google, &user)
}

pub(super) async fn apple_app_token(
    State(social): State<Social>,
    Json(user): Json<AppUser>,
) -> Response {
    app_token(&social, Provider::Apple, &user)
}

pub(super) async fn facebook_app_token(
    State(social): State<Social>,
    Json(user): Json<AppUser>,
) -> Response {
    let token = social.access_token(CLIENT_ID, Person::new(&user.email));
    Json(json!({ "access_token": token })).into_response()
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
