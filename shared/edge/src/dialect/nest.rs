//! NestJS's style, as nauth's clients read it: `{statusCode, code, message, details,
//! timestamp, path}`.
//!
//! Clients decide by `code` and show `message`. A 401 means that the token is no good and
//! nothing else, since a client that gets one refreshes and tries again. Time and path are
//! the request's: [`crate::nauth`] puts them in ([`stamped`]).

mod failures;
mod sentences;

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::limit::{Exceeded, Quota};
use domain::provider::OauthFailure;
use domain::{ClaimKind, Error, Problem, ProblemKind, ResetCodeFailure, UnixTime};
use serde_json::{Map, Value, json};

use super::{Dialect, Reading, json, retry_after};
use failures::{
    account_closed, challenge, recaptcha, reset_code, second_factor, social, unauthenticated,
};
use sentences::{field, sentence};

/// The dialect, by what its routes are about.
#[derive(Clone, Copy, Debug)]
pub struct Nest {
    /// The code of a limit that is used up.
    limited: &'static str,
    /// What a password or code that is not accepted is.
    wrong: (StatusCode, &'static str, &'static str),
    /// Whether a name that is taken is a conflict, or a mistake in the body.
    taken_is_invalid: bool,
    /// The code for another account's name at a provider.
    linked_elsewhere: &'static str,
}

const INVALID_CREDENTIALS: (StatusCode, &str, &str) = (
    StatusCode::UNAUTHORIZED,
    "AUTH_INVALID_CREDENTIALS",
    "Invalid credentials",
);

/// Signing in, refreshing and signing out.
pub static SIGN_IN: Nest = Nest {
    limited: "RATE_LIMIT_LOGIN",
    wrong: INVALID_CREDENTIALS,
    taken_is_invalid: false,
    linked_elsewhere: "SOCIAL_ACCOUNT_LINKED",
};
/// Signing up.
pub static SIGN_UP: Nest = Nest {
    limited: "RATE_LIMIT_EMAIL",
    ..SIGN_IN
};
/// Answering challenges.
pub static CHALLENGES: Nest = SIGN_IN;
/// Asking for a code once more.
pub static RESEND: Nest = Nest {
    limited: "RATE_LIMIT_RESEND",
    ..SIGN_IN
};
/// Forgotten passwords.
pub static RESETS: Nest = Nest {
    limited: "RATE_LIMIT_PASSWORD_RESET",
    ..SIGN_IN
};
/// The signed-in user's own account.
pub static MEMBERS: Nest = Nest {
    wrong: (
        StatusCode::BAD_REQUEST,
        "PASSWORD_INCORRECT",
        "The password is not the account's",
    ),
    taken_is_invalid: true,
    ..SIGN_IN
};

/// Administrators who make accounts.
pub static ADMIN_SIGN_UP: Nest = Nest {
    linked_elsewhere: "SOCIAL_ACCOUNT_EXISTS",
    ..SIGN_UP
};
/// Administrators who change accounts.
pub static ADMINISTRATORS: Nest = MEMBERS;

impl Nest {
    /// Every voice, for tests that walk them all.
    #[must_use]
    pub fn all() -> [(&'static str, &'static Self); 7] {
        [
            ("sign-in", &SIGN_IN),
            ("sign-up", &SIGN_UP),
            ("challenges", &CHALLENGES),
            ("resend", &RESEND),
            ("resets", &RESETS),
            ("members", &MEMBERS),
            ("admin-sign-up", &ADMIN_SIGN_UP),
        ]
    }

    /// The code of `error`, for where an address has to say what went wrong.
    #[must_use]
    pub fn code(&self, error: &Error) -> &'static str {
        self.words(error).code
    }

    /// The answer's status, code, message and details.
    fn words(&self, error: &Error) -> Words {
        let bad = StatusCode::BAD_REQUEST;
        match error {
            Error::Invalid(problems) => invalid(problems),
            Error::Unreadable { .. } => {
                Words::new(bad, "VALIDATION_FAILED", "The body is no JSON object")
            }
            Error::TooLarge { .. } => Words::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "VALIDATION_FAILED",
                "The body is too large",
            ),
            Error::UnsupportedMedia(_) => Words::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "VALIDATION_FAILED",
                "The body must be application/json",
            ),
            Error::Missing | Error::AlreadyDeleted => Words::new(
                StatusCode::NOT_FOUND,
                "RESOURCE_NOT_FOUND",
                "There is no such resource",
            ),
            Error::NoAccount => Words::new(bad, "USER_NOT_FOUND", "There is no such account"),
            Error::MethodNotAllowed { .. } => Words::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "VALIDATION_FAILED",
                "This method is not allowed here",
            ),
            Error::Unauthenticated(failure) => unauthenticated(*failure),
            Error::WrongCode => {
                let (status, code, message) = self.wrong;
                Words::new(status, code, message)
            }
            Error::InvalidToken => reset_code(ResetCodeFailure::Wrong),
            Error::ResetCode(failure) => reset_code(*failure),
            Error::Taken(kind) => self.taken(*kind),
            Error::Forbidden | Error::NeedsAnotherAdministrator | Error::Unproven => {
                Words::new(StatusCode::FORBIDDEN, "FORBIDDEN", "This is not allowed")
            }
            Error::StaleSignIn => Words::new(
                StatusCode::FORBIDDEN,
                "FORBIDDEN",
                "Sign in again to change this",
            )
            .with(json!({ "reason": "reauthentication" })),
            Error::SecondFactor(failure) => second_factor(*failure),
            Error::Challenge(failure) => challenge(*failure),
            Error::Closed(closed) => account_closed(closed),
            Error::NoPassword => Words::new(
                bad,
                "PASSWORD_CHANGE_NOT_ALLOWED",
                "The account has no password that could be changed",
            ),
            Error::NoContact => Words::new(
                bad,
                "PASSWORD_CHANGE_NOT_ALLOWED",
                "The account has no proven address or number to write to",
            ),
            Error::Conflict => Words::new(
                bad,
                "VALIDATION_FAILED",
                "It is so already, or another request was first",
            ),
            Error::Grant(_) => Words::new(bad, "VALIDATION_FAILED", "The grant is not valid"),
            Error::Disabled => Words::new(
                StatusCode::FORBIDDEN,
                "SIGNUP_DISABLED",
                "Signing up is switched off",
            ),
            Error::Oauth(failure) => social(*failure, self.linked_elsewhere),
            Error::Recaptcha(failure) => recaptcha(*failure),
            Error::TooMany(exceeded) => self.limited(*exceeded),
            Error::Undeliverable(_) => Words::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "SERVICE_UNAVAILABLE",
                "The message could not be sent",
            ),
            Error::ListTooLong { most } => Words::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "SERVICE_UNAVAILABLE",
                format!(
                    "More than {most} accounts would have to be looked at: ask for fewer of them by createdAt"
                ),
            )
            .with(json!({ "field": "createdAt", "most": most })),
            Error::Unavailable(_) => Words::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "SERVICE_UNAVAILABLE",
                "Please try again",
            ),
            Error::Internal(_) => Words::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "INTERNAL_ERROR",
                "Something went wrong here",
            ),
        }
    }

    fn taken(&self, kind: ClaimKind) -> Words {
        let (code, field, message) = match kind {
            ClaimKind::Email => ("SIGNUP_EMAIL_EXISTS", "email", "The address has an account"),
            ClaimKind::Username => (
                "SIGNUP_USERNAME_EXISTS",
                "username",
                "The username is taken",
            ),
            ClaimKind::Phone => ("SIGNUP_PHONE_EXISTS", "phone", "The number has an account"),
            ClaimKind::Device => ("VALIDATION_FAILED", "device", "The device is registered"),
        };
        if self.taken_is_invalid {
            return Words::new(StatusCode::BAD_REQUEST, "VALIDATION_FAILED", message)
                .with(json!({ "conflicts": [field] }));
        }
        Words::new(StatusCode::CONFLICT, code, message)
    }

    fn limited(&self, exceeded: Exceeded) -> Words {
        let wait = exceeded.retry_after;
        let code = match (self.limited, exceeded.quota) {
            (_, Quota::Texts) => "RATE_LIMIT_SMS",
            ("RATE_LIMIT_RESEND", quota) if quota != Quota::Cooldown => "RATE_LIMIT_EMAIL",
            (code, _) => code,
        };
        let details = match code {
            "RATE_LIMIT_RESEND" => json!({ "retryAfter": wait, "resendDelay": wait }),
            "RATE_LIMIT_PASSWORD_RESET" => json!({
                "retryAfter": wait,
                "maxAttempts": domain::limit::nauth::RESETS_PER_NAME.budget,
            }),
            _ => json!({ "retryAfter": wait }),
        };
        let message = format!("Too many requests, try again in {wait} seconds");
        Words::new(StatusCode::TOO_MANY_REQUESTS, code, message).with(details)
    }
}

/// An answer before it is one.
struct Words {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Option<Value>,
}

impl Words {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: None,
        }
    }

    fn with(self, details: Value) -> Self {
        Self {
            details: Some(details),
            ..self
        }
    }
}

impl Dialect for Nest {
    fn render(&self, error: &Error) -> Response {
        let Words {
            status,
            code,
            message,
            details,
        } = self.words(error);
        let mut body = Map::new();
        body.insert("statusCode".to_owned(), status.as_u16().into());
        body.insert("code".to_owned(), code.into());
        body.insert("message".to_owned(), message.into());
        if let Some(details) = details {
            body.insert("details".to_owned(), details);
        }
        let mut response = json(status, Value::Object(body.clone()));
        response.extensions_mut().insert(Unstamped(body));
        if status == StatusCode::UNAUTHORIZED {
            // A 401 always says how to do better (RFC 9110 §15.5.2).
            let challenge = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        match error {
            Error::TooMany(exceeded) => retry_after(response, exceeded.retry_after),
            Error::Undeliverable(_)
            | Error::Unavailable(_)
            | Error::Oauth(OauthFailure::Unreachable(_)) => retry_after(response, 1),
            _ => response,
        }
    }

    fn reading(&self) -> Reading {
        Reading::Exact
    }
}

/// A refusal's body, without when and where.
#[derive(Clone, Debug)]
struct Unstamped(Map<String, Value>);

/// `response` with the time and the path of its request, if it is a refusal.
#[must_use]
pub fn stamped(mut response: Response, path: &str, now: UnixTime) -> Response {
    let Some(Unstamped(mut body)) = response.extensions_mut().remove() else {
        return response;
    };
    body.insert("timestamp".to_owned(), millis(now).into());
    body.insert("path".to_owned(), path.into());
    let status = response.status();
    let body = json(status, Value::Object(body)).into_body();
    // Of another length than the one that was computed.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = body;
    response
}

/// An instant as this contract writes it: RFC 3339 with milliseconds, of which we know
/// none.
#[must_use]
pub fn millis(at: UnixTime) -> String {
    at.to_string().replace('Z', ".000Z")
}

fn invalid(problems: &[Problem]) -> Words {
    let bad = StatusCode::BAD_REQUEST;
    let kinds = || problems.iter().map(|problem| problem.kind);
    let weak = |kind| {
        matches!(
            kind,
            ProblemKind::CommonPassword
                | ProblemKind::BreachedPassword
                | ProblemKind::NamedPassword
        )
    };
    if kinds().all(|kind| kind == ProblemKind::FormerPassword) {
        return Words::new(bad, "PASSWORD_REUSED", "This password was used before");
    }
    if kinds().all(|kind| weak(kind) || kind == ProblemKind::FormerPassword) {
        let errors: Vec<String> = problems.iter().map(sentence).collect();
        return Words::new(bad, "SIGNUP_WEAK_PASSWORD", "The password is too weak")
            .with(json!({ "errors": errors }));
    }
    if kinds().all(|kind| kind == ProblemKind::PhoneRequired) {
        return Words::new(
            bad,
            "SIGNUP_PHONE_REQUIRED",
            "A telephone number is required",
        );
    }
    if kinds().all(|kind| kind == ProblemKind::CountryNotServed) {
        let message = "Texts are not sent to this country";
        return Words::new(bad, "VALIDATION_INVALID_PHONE", message);
    }
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for problem in problems {
        let field = field(problem);
        fields.entry(field).or_default().push(sentence(problem));
    }
    Words::new(bad, "VALIDATION_FAILED", "The request is not valid")
        .with(json!({ "validationErrors": fields }))
}
