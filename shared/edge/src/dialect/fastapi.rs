//! FastAPI's style with Pydantic 2, as the cashless and Auth Service contracts
//! speak it.
//!
//! A refusal is `{detail}`, a sentence; what is wrong with a body is a 422 whose
//! `detail` lists each problem with its place (`loc`), kind (`type`), sentence
//! (`msg`) and numbers (`ctx`). Pydantic's `input` is left out: it repeats what
//! was sent, which may be a secret.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::factors::FactorFailure;
use domain::limit::Exceeded;
use domain::{AuthFailure, ClaimKind, Error, Part, Problem, ProblemKind};
use serde_json::{Value, json};

use super::{Dialect, Reading, json, retry_after};

/// The dialect. It has one voice.
#[derive(Clone, Copy, Debug)]
pub struct FastApi;

impl Dialect for FastApi {
    fn render(&self, error: &Error) -> Response {
        match error {
            Error::Invalid(problems) => unprocessable(problems.iter().map(entry).collect()),
            Error::Unreadable { line, column } => unprocessable(vec![json!({
                "type": "json_invalid",
                "loc": ["body"],
                "msg": "JSON decode error",
                "ctx": { "error": format!("line {line} column {column}") },
            })]),
            Error::TooLarge { .. } => say(StatusCode::PAYLOAD_TOO_LARGE, "Content Too Large"),
            Error::UnsupportedMedia(_) => {
                say(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")
            }
            Error::Missing | Error::NoAccount => say(StatusCode::NOT_FOUND, "Not Found"),
            Error::MethodNotAllowed { .. } => {
                say(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
            }
            Error::Unauthenticated(AuthFailure::PasswordChangeRequired) => say(
                StatusCode::FORBIDDEN,
                "Password change required: use the password reset",
            ),
            Error::Unauthenticated(failure) => challenged(match failure {
                AuthFailure::Missing => "Not authenticated",
                AuthFailure::Inactive => "Inactive user",
                AuthFailure::BadApiKey => "Invalid API key",
                AuthFailure::BadDevice => "Device not authorized",
                AuthFailure::BadToken
                | AuthFailure::ExpiredToken
                | AuthFailure::WrongTokenType
                | AuthFailure::SpentToken
                | AuthFailure::ReplayedToken
                | AuthFailure::EndedSession
                | AuthFailure::ExpiredSession
                | AuthFailure::OtherDelivery(_)
                | AuthFailure::MissingCsrfToken
                | AuthFailure::WrongCsrfToken
                | AuthFailure::PasswordChangeRequired => "Could not validate credentials",
            }),
            Error::WrongCode | Error::Challenge(_) => challenged("Invalid credentials"),
            Error::ResetCode(_) => say(StatusCode::GONE, "Invalid or expired token"),
            Error::Closed(_) => challenged("Inactive user"),
            Error::NoPassword => say(StatusCode::BAD_REQUEST, "The account has no password"),
            Error::NoContact => say(
                StatusCode::BAD_REQUEST,
                "The account has nothing to be written to",
            ),
            Error::InvalidToken => say(StatusCode::GONE, "Invalid or expired token"),
            Error::Taken(ClaimKind::Email) => {
                say(StatusCode::BAD_REQUEST, "Email already registered")
            }
            Error::Taken(ClaimKind::Phone) => {
                say(StatusCode::BAD_REQUEST, "Phone number already registered")
            }
            Error::Taken(ClaimKind::Device) => {
                say(StatusCode::BAD_REQUEST, "Device already registered")
            }
            Error::Taken(ClaimKind::Username) => {
                say(StatusCode::BAD_REQUEST, "Username already registered")
            }
            Error::Forbidden | Error::Recaptcha(_) => {
                say(StatusCode::FORBIDDEN, "Not enough permissions")
            }
            Error::NeedsAnotherAdministrator => say(
                StatusCode::BAD_REQUEST,
                "Only another administrator may do this",
            ),
            Error::Unproven => say(
                StatusCode::FORBIDDEN,
                "Confirm your email address first: send the token of the letter to /auth/confirm-email while signed in",
            ),
            Error::SecondFactor(failure) => second_factor(*failure),
            Error::Oauth(failure) => {
                let (status, _, text) = super::social::words(*failure);
                say(status, &text)
            }
            Error::AlreadyDeleted => say(StatusCode::NOT_FOUND, "User not found"),
            Error::StaleSignIn => say(StatusCode::FORBIDDEN, "Recent sign-in required"),
            Error::Conflict => say(StatusCode::CONFLICT, "Another request was first"),
            Error::Grant(_) => say(StatusCode::BAD_REQUEST, "Invalid grant"),
            Error::Disabled => say(StatusCode::NOT_IMPLEMENTED, "Not enabled"),
            Error::TooMany(exceeded) => too_many(*exceeded),
            Error::Undeliverable(_) => say(
                StatusCode::SERVICE_UNAVAILABLE,
                "The message could not be sent",
            ),
            Error::Unavailable(_) | Error::ListTooLong { .. } => retry_after(
                say(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
                1,
            ),
            Error::Internal(_) => say(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        }
    }

    fn reading(&self) -> Reading {
        Reading::Strict
    }
}

pub(crate) fn say(status: StatusCode, detail: &str) -> Response {
    json(status, json!({ "detail": detail }))
}

fn second_factor(failure: FactorFailure) -> Response {
    let bad = StatusCode::BAD_REQUEST;
    match failure {
        FactorFailure::AlreadyEnabled => say(bad, "MFA is already enabled"),
        FactorFailure::NotEnabled | FactorFailure::NoPrimaryDevice => {
            say(bad, "MFA is not enabled")
        }
        FactorFailure::UnknownDevice => say(StatusCode::NOT_FOUND, "Device not found"),
        FactorFailure::SetupExpired => say(bad, "MFA setup expired"),
        FactorFailure::CodeRequired => say(bad, "Verification code required"),
        FactorFailure::WrongCode { .. } => challenged("Invalid verification code"),
        FactorFailure::NoSignIn | FactorFailure::SignInExpired => {
            challenged("Invalid or expired session")
        }
        FactorFailure::NoTriesLeft => say(StatusCode::FORBIDDEN, "Too many attempts"),
        FactorFailure::NotRecent => say(StatusCode::FORBIDDEN, "MFA verification required"),
        FactorFailure::TooMany => say(bad, "Too many devices"),
        FactorFailure::NotAskable => say(
            StatusCode::FORBIDDEN,
            "The second factor of this account cannot be shown here",
        ),
    }
}

fn unprocessable(detail: Vec<Value>) -> Response {
    json(
        StatusCode::UNPROCESSABLE_ENTITY,
        json!({ "detail": detail }),
    )
}

/// A 401, which always says how to do better (RFC 9110 §15.5.2).
fn challenged(detail: &str) -> Response {
    let mut response = say(StatusCode::UNAUTHORIZED, detail);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// The contracts' clients read `detail`, the limiter that their servers used
/// answers `error`: send both.
fn too_many(exceeded: Exceeded) -> Response {
    let wait = exceeded.retry_after;
    let text = format!("Rate limit exceeded: try again in {wait} seconds");
    let body = json!({ "detail": text, "error": text });
    retry_after(json(StatusCode::TOO_MANY_REQUESTS, body), wait)
}

/// A problem as Pydantic lists it.
fn entry(problem: &Problem) -> Value {
    let Wording { kind, msg, ctx } = wording(problem.kind);
    let part = match problem.part {
        Part::Body => "body",
        Part::Path => "path",
        Part::Query => "query",
    };
    // An entry of a list is named by its number.
    let segment = |name: &Cow<'static, str>| match name.parse::<usize>() {
        Ok(index) => Value::from(index),
        Err(_) => Value::from(name.as_ref()),
    };
    let path = problem.path.iter().map(segment);
    let loc: Vec<Value> = std::iter::once(Value::from(part)).chain(path).collect();
    let mut entry = json!({ "type": kind, "loc": loc, "msg": msg });
    if let (Some(entry), Some((name, value))) = (entry.as_object_mut(), ctx) {
        entry.insert("ctx".to_owned(), json!({ name: value }));
    }
    entry
}

/// Pydantic's `type` and `msg`, and the one thing that its `ctx` holds.
struct Wording {
    kind: &'static str,
    msg: String,
    ctx: Option<(&'static str, Value)>,
}

impl Wording {
    fn plain(kind: &'static str, msg: &str) -> Self {
        Self {
            kind,
            msg: msg.to_owned(),
            ctx: None,
        }
    }

    /// `msg` ends in the reason, which `ctx` holds, too.
    fn reasoned(kind: &'static str, msg: &str, name: &'static str, reason: &str) -> Self {
        Self {
            kind,
            msg: format!("{msg}{reason}"),
            ctx: Some((name, Value::from(reason))),
        }
    }

    fn length(kind: &'static str, bound: &str, count: usize, name: &'static str) -> Self {
        let plural = if count == 1 { "" } else { "s" };
        Self {
            kind,
            msg: format!("String should have {bound} {count} character{plural}"),
            ctx: Some((name, Value::from(count))),
        }
    }
}

fn wording(kind: ProblemKind) -> Wording {
    match kind {
        ProblemKind::Required => Wording::plain("missing", "Field required"),
        ProblemKind::PhoneRequired => Wording::plain("missing", "Field required"),
        ProblemKind::NotADate => {
            Wording::plain("datetime_parsing", "Input should be a valid datetime")
        }
        ProblemKind::TooDeep { .. } => {
            Wording::plain("value_error", "Value error, too many levels")
        }
        ProblemKind::Null | ProblemKind::NotText => {
            Wording::plain("string_type", "Input should be a valid string")
        }
        ProblemKind::NotABoolean => {
            Wording::plain("bool_parsing", "Input should be a valid boolean")
        }
        ProblemKind::Blank => Wording::length("string_too_short", "at least", 1, "min_length"),
        ProblemKind::TooShort { min } => {
            Wording::length("string_too_short", "at least", min, "min_length")
        }
        ProblemKind::TooLong { max } => {
            Wording::length("string_too_long", "at most", max, "max_length")
        }
        ProblemKind::NotAnObject => Wording::plain(
            "model_attributes_type",
            "Input should be a valid dictionary or object to extract fields from",
        ),
        ProblemKind::NullCharacter => Wording::reasoned(
            "value_error",
            "Value error, ",
            "error",
            "null characters are not allowed",
        ),
        ProblemKind::NotAnEmail => Wording::reasoned(
            "value_error",
            "value is not a valid email address: ",
            "reason",
            "An email address must have the form name@example.com.",
        ),
        ProblemKind::NotAUrl => Wording::reasoned(
            "url_parsing",
            "Input should be a valid URL, ",
            "error",
            "it must be http or https and name a host",
        ),
        ProblemKind::NotDigits => Wording {
            kind: "string_pattern_mismatch",
            msg: "String should match pattern '^[0-9]+$'".to_owned(),
            ctx: Some(("pattern", Value::from("^[0-9]+$"))),
        },
        ProblemKind::NotAPhone => {
            Wording::plain("value_error", "value is not a valid phone number")
        }
        ProblemKind::CountryNotServed => Wording::reasoned(
            "value_error",
            "Value error, ",
            "error",
            "text messages are not sent to this country",
        ),
        ProblemKind::UnknownField => {
            Wording::plain("extra_forbidden", "Extra inputs are not permitted")
        }
        ProblemKind::Repeated => Wording::plain("value_error", "Value error, send this field once"),
        ProblemKind::NotANumber => Wording::plain("float_type", "Input should be a valid number"),
        ProblemKind::NotAnInteger => Wording::plain("int_type", "Input should be a valid integer"),
        ProblemKind::Below { min } => Wording {
            kind: "greater_than_equal",
            msg: format!("Input should be greater than or equal to {min}"),
            ctx: Some(("ge", Value::from(min))),
        },
        ProblemKind::Above { max } => Wording {
            kind: "less_than_equal",
            msg: format!("Input should be less than or equal to {max}"),
            ctx: Some(("le", Value::from(max))),
        },
        ProblemKind::NotAList => Wording::plain("list_type", "Input should be a valid list"),
        ProblemKind::TooMany { max } => Wording {
            kind: "too_long",
            msg: format!("List should have at most {max} items after validation"),
            ctx: Some(("max_length", Value::from(max))),
        },
        ProblemKind::NotAScope => Wording {
            kind: "string_pattern_mismatch",
            msg: format!("String should match pattern '{SCOPE}'"),
            ctx: Some(("pattern", Value::from(SCOPE))),
        },
        ProblemKind::NotAUuid => Wording::reasoned(
            "uuid_parsing",
            "Input should be a valid UUID, ",
            "error",
            "it must be 32 hexadecimal digits, with or without hyphens",
        ),
        ProblemKind::NotAChoice => {
            Wording::plain("enum", "Input should be one of the values that there are")
        }
        ProblemKind::NotATimeZone => Wording::plain("zoneinfo_str", "invalid timezone"),
        ProblemKind::FileTooLarge { max } => Wording {
            kind: "bytes_too_long",
            msg: format!("Data should have at most {max} bytes"),
            ctx: Some(("max_length", Value::from(max))),
        },
        ProblemKind::NotAPicture => Wording::plain("value_error", "value is not a picture"),
        ProblemKind::NotACredential => {
            Wording::plain("value_error", "value is not a WebAuthn credential")
        }
        ProblemKind::NotAUsername => Wording::reasoned(
            "value_error",
            "Value error, ",
            "error",
            "a username has 1 to 64 characters, without spaces and @ / \\ # ? %",
        ),
        ProblemKind::NotAnId => Wording::plain(
            "int_parsing",
            "Input should be a valid integer, unable to parse string as an integer",
        ),
        ProblemKind::CommonPassword => weak("the password is too common"),
        ProblemKind::BreachedPassword => weak("the password is known from a data breach"),
        ProblemKind::NamedPassword => {
            weak("the password is too similar to your name, your address or the service's")
        }
        ProblemKind::FormerPassword => weak("the password was used before"),
    }
}

/// A password that will not do, for a reason.
fn weak(reason: &str) -> Wording {
    Wording::reasoned("value_error", "Value error, ", "error", reason)
}

/// One scope of a list (RFC 6749 §3.3).
const SCOPE: &str = r"^[\x21\x23-\x5B\x5D-\x7E]{1,64}$";

#[cfg(test)]
mod tests;
