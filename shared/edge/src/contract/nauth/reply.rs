//! The answers of sign-ins and refreshes, by the way that their tokens travel.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use domain::account::{Factor, User, WayIn};
use domain::provider::Provider;
use domain::session::{Delivery, Session};
use domain::sign_in::{Amr, ChallengeKind};
use domain::{Contact, verification};
use flows::{OfferedFactors, SignIn, Tokens, WaitingSignIn};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::cookies::{ACCESS, CSRF, REFRESH, set, with_device};
use super::factors::factor_name;

/// A sign-in: complete, or waiting for an answer to a challenge. Tokens are in the body
/// only where they travel in bodies.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = AuthResponseDTO)]
#[serde(rename_all = "camelCase")]
pub struct AuthResponse {
    /// The access token.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// The refresh token.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// When the access token ends, in seconds since 1970.
    #[schema(required = false, nullable = false, value_type = f64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_expires_at: Option<i64>,
    /// When the refresh token ends, in seconds since 1970.
    #[schema(required = false, nullable = false, value_type = f64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_at: Option<i64>,
    /// `password`, or the provider that vouched.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_method: Option<String>,
    /// Whether the device is trusted.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted: Option<bool>,
    /// What a trusted device keeps, and sends in `X-Device-Token` when it signs in.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
    /// Who signed in.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<AuthResponseUser>,
    /// What the sign-in waits for.
    #[schema(required = false, nullable = false, inline = false, value_type = AuthChallenge)]
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_name: Option<&'static str>,
    /// The challenge's name. Opens nothing by itself.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    /// What a client has to know to answer.
    #[schema(required = false, nullable = false, value_type = crate::openapi::Record)]
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_parameters: Option<Map<String, Value>>,
    /// The account.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
}

/// What a sign-in waits for.
#[derive(ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(dead_code, missing_docs, reason = "for the document")]
pub enum AuthChallenge {
    VerifyEmail,
    VerifyPhone,
    MfaRequired,
    MfaSetupRequired,
    ForceChangePassword,
}

/// Who signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuthResponseUser)]
#[serde(rename_all = "camelCase")]
pub struct AuthResponseUser {
    /// The account.
    sub: String,
    /// The address, proven or not.
    email: String,
    /// Given name.
    #[schema(required = false)]
    first_name: Option<String>,
    /// Family name.
    #[schema(required = false)]
    last_name: Option<String>,
    /// The number, proven or not.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// Whether the address is proven.
    is_email_verified: bool,
    /// Whether the number is proven.
    #[schema(required = false)]
    is_phone_verified: bool,
    /// The providers that it is linked to.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    social_providers: Option<Vec<&'static str>>,
    /// Whether there is a password.
    #[schema(required = false)]
    has_password_hash: bool,
}

impl From<&User> for AuthResponseUser {
    fn from(user: &User) -> Self {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            sub: user.sub.to_string(),
            email: user.claimed_email(),
            first_name: some(&user.first_name),
            last_name: some(&user.last_name),
            phone: some(&user.phone),
            is_email_verified: user.email_verified,
            is_phone_verified: user.phone_verified,
            // Known to the provider that vouched; the profile lists all.
            social_providers: None,
            has_password_hash: user.has_password(),
        }
    }
}

/// The answer to a refresh.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Refreshed {
    /// The tokens.
    Body(TokenResponse),
    /// Nothing: they are in the cookies.
    Cookies(Nothing),
}

/// An object without fields, where tokens are in cookies.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NAuthNothing)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The tokens that follow others.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenResponse)]
#[serde(rename_all = "camelCase")]
pub struct TokenResponse {
    /// The access token.
    access_token: String,
    /// The refresh token.
    refresh_token: String,
    /// When the access token ends, in seconds since 1970.
    #[schema(value_type = f64)]
    access_token_expires_at: i64,
    /// When the refresh token ends, in seconds since 1970.
    #[schema(value_type = f64)]
    refresh_token_expires_at: i64,
}

impl TokenResponse {
    fn of(tokens: &Tokens) -> Self {
        Self {
            access_token: tokens.access.clone(),
            refresh_token: tokens.refresh.clone(),
            access_token_expires_at: tokens.access_ends.0,
            refresh_token_expires_at: tokens.signed.session.expires_at.0,
        }
    }
}

impl Refreshed {
    /// The answer that sends `tokens` by their way.
    #[must_use]
    pub fn answer(tokens: &Tokens) -> Response {
        match tokens.signed.session.delivery {
            Delivery::Body => Json(Self::Body(TokenResponse::of(tokens))).into_response(),
            Delivery::Cookies => {
                with_cookies(Json(Self::Cookies(Nothing {})).into_response(), tokens)
            }
        }
    }
}

/// A sign-in on its way out.
#[derive(Debug)]
pub struct SignedIn {
    /// How it ended.
    pub sign_in: SignIn,
    /// The status of success.
    pub status: StatusCode,
}

impl IntoResponse for SignedIn {
    fn into_response(self) -> Response {
        match self.sign_in {
            SignIn::Waiting(waiting) => (self.status, Json(challenge(&waiting))).into_response(),
            SignIn::Complete(tokens) => completed(self.status, complete(&tokens), &tokens),
        }
    }
}

fn completed(status: StatusCode, body: AuthResponse, tokens: &Tokens) -> Response {
    let response = (status, Json(body)).into_response();
    match tokens.signed.session.delivery {
        Delivery::Body => response,
        Delivery::Cookies => with_cookies(response, tokens),
    }
}

/// A sign-in through a provider on its way out, with all providers that the account is
/// linked to.
#[derive(Debug)]
pub struct SocialSignedIn {
    /// How it ended.
    pub sign_in: SignIn,
    /// The providers.
    pub linked: Vec<Provider>,
}

impl IntoResponse for SocialSignedIn {
    fn into_response(self) -> Response {
        match self.sign_in {
            SignIn::Waiting(waiting) => Json(challenge(&waiting)).into_response(),
            SignIn::Complete(tokens) => {
                let mut body = complete(&tokens);
                if let Some(user) = &mut body.user {
                    let names = providers(&tokens.signed.user, &self.linked);
                    user.social_providers = names;
                }
                completed(StatusCode::OK, body, &tokens)
            }
        }
    }
}

fn complete(tokens: &Tokens) -> AuthResponse {
    let session = &tokens.signed.session;
    let user = &tokens.signed.user;
    let answer = AuthResponse {
        auth_method: Some(auth_method(session).to_owned()),
        trusted: Some(session.remembered),
        user: Some(user.into()),
        sub: Some(user.sub.to_string()),
        ..AuthResponse::default()
    };
    match session.delivery {
        Delivery::Cookies => answer,
        Delivery::Body => AuthResponse {
            access_token: Some(tokens.access.clone()),
            refresh_token: Some(tokens.refresh.clone()),
            access_token_expires_at: Some(tokens.access_ends.0),
            refresh_token_expires_at: Some(session.expires_at.0),
            device_token: tokens.device.map(|device| device.token.0.to_string()),
            ..answer
        },
    }
}

/// `password`, or the provider that vouched for the sign-in.
fn auth_method(session: &Session) -> &str {
    match &session.provider {
        Some(provider) => provider,
        None => "password",
    }
}

/// Puts the cookies of a session on an answer, each for as long as what it holds is good.
pub(super) fn with_cookies(mut response: Response, tokens: &Tokens) -> Response {
    let session = &tokens.signed.session;
    let refresh_for = session.expires_at.seconds_since(session.rotated_at);
    let access_for = tokens.access_ends.seconds_since(session.rotated_at);
    let cookies = [
        set(ACCESS, &tokens.access, access_for),
        set(REFRESH, &tokens.refresh, refresh_for),
        // Needed until the access token is renewed, which a page may do late.
        set(CSRF, &tokens.csrf, refresh_for),
    ];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    match &tokens.device {
        Some(issued) => with_device(response, issued, session.rotated_at),
        None => response,
    }
}

/// What a client has to know of a sign-in that waits, and nothing else.
fn challenge(waiting: &WaitingSignIn) -> AuthResponse {
    let WaitingSignIn {
        challenge,
        destination,
        offered,
        available,
        ..
    } = waiting;
    let masked = destination.as_ref().map(verification::masked);
    let parameters = match (challenge.kind, destination) {
        (ChallengeKind::ChangePassword, _) => json!({
            "instructions": "Choose another password before you go on.",
        }),
        (ChallengeKind::VerifyEmail, _) => json!({
            "codeDeliveryDestination": masked,
            "email": masked,
        }),
        (ChallengeKind::VerifyPhone, Some(Contact::Phone(_) | Contact::Email(_))) => json!({
            "codeDeliveryDestination": masked,
        }),
        (ChallengeKind::VerifyPhone, None) => json!({
            "requiresPhoneCollection": "true",
            "instructions": "Say the telephone number that a code is to be sent to.",
        }),
        (ChallengeKind::SetUpFactor, number) => set_up_parameters(available, number.is_none()),
        (ChallengeKind::SecondFactor, _) => offered.as_ref().map_or(Value::Null, factor_parameters),
    };
    let parameters = match parameters {
        Value::Object(parameters) => parameters,
        _ => Map::new(),
    };
    AuthResponse {
        challenge_name: Some(challenge_name(challenge.kind)),
        session: Some(challenge.id.to_string()),
        challenge_parameters: Some(parameters),
        sub: Some(challenge.sub.to_string()),
        ..AuthResponse::default()
    }
}

/// What the contract calls a challenge.
#[must_use]
pub const fn challenge_name(kind: ChallengeKind) -> &'static str {
    match kind {
        ChallengeKind::ChangePassword => "FORCE_CHANGE_PASSWORD",
        ChallengeKind::VerifyEmail => "VERIFY_EMAIL",
        ChallengeKind::VerifyPhone => "VERIFY_PHONE",
        ChallengeKind::SetUpFactor => "MFA_SETUP_REQUIRED",
        ChallengeKind::SecondFactor => "MFA_REQUIRED",
    }
}

fn set_up_parameters(available: &[Factor], lacks_number: bool) -> Value {
    let allowed: Vec<_> = available.iter().copied().map(factor_name).collect();
    let instructions = "Set up a second factor before you go on.";
    match lacks_number {
        true => json!({
            "allowedMethods": allowed,
            "instructions": instructions,
            "requiresPhoneCollection": "true",
        }),
        false => json!({ "allowedMethods": allowed, "instructions": instructions }),
    }
}

fn factor_parameters(offered: &OfferedFactors) -> Value {
    let kinds = offered.kinds.iter().copied().map(factor_name);
    let available: Vec<&str> = kinds
        .chain(offered.backup_codes.then_some("backup"))
        .collect();
    let mut parameters = json!({
        "availableMethods": available,
        "preferredMethod": offered.preferred.map(factor_name),
    });
    let masked = [
        ("maskedPhone", &offered.phone),
        ("maskedEmail", &offered.email),
    ];
    if let Value::Object(parameters) = &mut parameters {
        for (name, contact) in masked {
            if let Some(contact) = contact {
                parameters.insert(name.to_owned(), verification::masked(contact).into());
            }
        }
    }
    parameters
}

/// The names of the providers that an account may be signed in through.
#[must_use]
pub(super) fn providers(user: &User, linked: &[Provider]) -> Option<Vec<&'static str>> {
    let any = user.ways_in.contains(&WayIn::Provider) && !linked.is_empty();
    any.then(|| linked.iter().map(|provider| provider.name()).collect())
}

/// Whether a provider vouched for a session, as lists of sessions have it.
#[must_use]
pub fn list_method(session: &Session) -> &'static str {
    if session.amr.contains(&Amr::Federated) {
        "social"
    } else {
        "password"
    }
}
