//! Django REST Framework's style, as the DjangoCFG contract speaks it.
//!
//! Fields map to lists of sentences; everything else is `detail`, with a `code`
//! where the token library adds one. The sign-in endpoints have a voice of their
//! own: `error`, `error_code`, `retry_after`; those of second factors another
//! (`error`, `code`), in a file of its own.

mod second_factor;
mod sentences;
mod voices;

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::factors::FactorFailure;
use domain::limit::{Exceeded, Quota};
use domain::{AuthFailure, ClaimKind, Error, Problem, ProblemKind};
use serde_json::{Value, json};

use self::sentences::sentence;
pub use self::voices::{
    BACKUP_CODE, CODE_REQUEST, CODE_VERIFY, Drf, KEYED_VIEWS, OAUTH, PICTURE, REALTIME, REFRESH,
    SECOND_FACTOR, Style, VIEWS,
};
use super::{Dialect, json, retry_after};

/// What an account that has not proven its address is told to do.
const UNPROVEN: &str = "Please confirm your email address first: enter the code that is sent to it while you are signed in.";

impl Drf {
    fn is_typed(self) -> bool {
        matches!(self.voice, Style::CodeRequest | Style::CodeVerify)
    }

    /// `{detail}`, or the sign-in endpoints' `{error, error_code}`.
    fn say(self, status: StatusCode, text: &str, code: &str) -> Response {
        let body = match self.voice {
            Style::CodeRequest => json!({ "error": text, "error_code": code }),
            Style::CodeVerify => json!({ "error": text }),
            Style::SecondFactor | Style::BackupCode => {
                json!({ "error": text, "code": code.to_uppercase() })
            }
            Style::Oauth => json!({ "error": code, "error_description": text }),
            Style::Views | Style::Refresh | Style::Realtime | Style::Picture => {
                json!({ "detail": text })
            }
        };
        json(status, body)
    }

    fn invalid(self, problems: &[Problem]) -> Response {
        // One file, one sentence: what is no file first, then what is no picture.
        let file = problems.iter().find_map(|problem| match problem.kind {
            _ if self.voice != Style::Picture || problem.path != ["avatar"] => None,
            ProblemKind::Required => Some("No avatar file provided".to_owned()),
            kind => Some(sentence(kind)),
        });
        if let Some(sentence) = file {
            return json(StatusCode::BAD_REQUEST, json!({ "error": sentence }));
        }
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for problem in problems {
            let field = match problem.path.join(".") {
                root if root.is_empty() => "non_field_errors".to_owned(),
                path => path,
            };
            fields
                .entry(field)
                .or_default()
                .push(self.sentence(problem.kind));
        }
        let first = fields
            .values()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_default();
        let mut body = json!(fields);
        // The document promises the typed shape here and the original sends the map: send both.
        if self.voice == Style::CodeRequest
            && let Some(body) = body.as_object_mut()
        {
            body.insert("error".to_owned(), Value::from(first));
            body.insert("error_code".to_owned(), Value::from("invalid_identifier"));
        } else if self.voice == Style::Oauth
            && let Some(body) = body.as_object_mut()
        {
            body.insert("error".to_owned(), Value::from("invalid_request"));
            body.insert("error_description".to_owned(), Value::from(first));
        }
        json(StatusCode::BAD_REQUEST, body)
    }

    fn unauthenticated(self, failure: AuthFailure) -> Response {
        let body = match failure {
            AuthFailure::Missing => {
                json!({ "detail": "Authentication credentials were not provided." })
            }
            AuthFailure::Inactive => {
                json!({ "detail": "User account is deactivated or deleted.", "code": "user_inactive" })
            }
            AuthFailure::BadApiKey => json!({ "detail": "Invalid API key." }),
            AuthFailure::PasswordChangeRequired => {
                json!({ "detail": "The password has to be replaced.", "code": "password_change_required" })
            }
            AuthFailure::BadDevice => json!({ "detail": "Invalid device." }),
            AuthFailure::ReplayedToken => self.bad_token("Token is blacklisted"),
            AuthFailure::EndedSession
            | AuthFailure::ExpiredSession
            | AuthFailure::OtherDelivery(_)
            | AuthFailure::MissingCsrfToken
            | AuthFailure::WrongCsrfToken => self.bad_token("Token is invalid"),
            AuthFailure::BadToken => self.bad_token("Token is invalid"),
            AuthFailure::ExpiredToken => self.bad_token("Token is expired"),
            AuthFailure::WrongTokenType => self.bad_token("Token has wrong type"),
            AuthFailure::SpentToken => self.bad_token("Token is blacklisted"),
        };
        self.challenged(body)
    }

    fn bad_token(self, message: &str) -> Value {
        if self.voice == Style::Refresh {
            return json!({ "detail": message, "code": "token_not_valid" });
        }
        json!({
            "detail": "Given token not valid for any token type",
            "code": "token_not_valid",
            "messages": [{ "token_class": "AccessToken", "token_type": "access", "message": message }],
        })
    }

    /// A 401, which always says how to do better (RFC 9110 §15.5.2).
    fn challenged(self, body: Value) -> Response {
        let mut response = json(StatusCode::UNAUTHORIZED, body);
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(self.challenge),
        );
        response
    }

    fn too_many(self, exceeded: Exceeded) -> Response {
        let wait = exceeded.retry_after;
        let body = match (self.voice, exceeded.quota) {
            (Style::CodeRequest, Quota::Cooldown) => json!({
                "error": "Please wait before requesting another code", "error_code": "cooldown", "retry_after": wait,
            }),
            (Style::CodeRequest, Quota::Hourly) => json!({
                "error": "Too many OTP requests. Please try again later.", "error_code": "hourly_limit", "retry_after": wait,
            }),
            (Style::CodeRequest, Quota::Daily) => json!({
                "error": "Too many OTP requests. Please try again later.", "error_code": "daily_limit", "retry_after": wait,
            }),
            (Style::CodeRequest, Quota::Network | Quota::Stack | Quota::Texts) => {
                json!({ "error": "Too many requests", "error_code": "rate_limited" })
            }
            (Style::CodeVerify, _) => json!({ "error": "Too many requests" }),
            (Style::SecondFactor | Style::BackupCode, _) => {
                json!({ "error": "Too many requests", "code": "RATE_LIMITED" })
            }
            (Style::Oauth, _) => {
                json!({ "error": "rate_limited", "error_description": "Too many requests" })
            }
            (Style::Views | Style::Refresh | Style::Realtime | Style::Picture, _) => {
                json!({ "detail": format!("Request was throttled. Expected available in {wait} seconds.") })
            }
        };
        retry_after(json(StatusCode::TOO_MANY_REQUESTS, body), wait)
    }

    /// The sentence for a problem; a few views have their own.
    fn sentence(self, kind: ProblemKind) -> String {
        match (self.voice, kind) {
            (Style::SecondFactor, ProblemKind::NotDigits) => "Code must be 6 digits".to_owned(),
            _ => sentence(kind),
        }
    }

    /// The code of what is our own fault.
    fn broken(self) -> &'static str {
        match self.voice {
            Style::Oauth => "server_error",
            _ => "internal_error",
        }
    }

    /// A dependency failed. The document of the code endpoints knows 500 only.
    fn unavailable(self) -> Response {
        let typed = matches!(self.voice, Style::CodeRequest | Style::Oauth);
        let status = if typed {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        retry_after(
            self.say(
                status,
                "Service temporarily unavailable, try again later.",
                self.broken(),
            ),
            1,
        )
    }
}

impl Dialect for Drf {
    fn render(&self, error: &Error) -> Response {
        match error {
            Error::Invalid(problems) => self.invalid(problems),
            Error::Unreadable { .. } if self.voice == Style::Picture => json(
                StatusCode::BAD_REQUEST,
                json!({ "detail": "Malformed request." }),
            ),
            Error::Unreadable { line, column } => {
                let text = format!("JSON parse error - line {line} column {column}");
                if self.voice == Style::CodeRequest {
                    let body = json!({ "detail": text, "error": text, "error_code": "invalid_identifier" });
                    return json(StatusCode::BAD_REQUEST, body);
                }
                if self.voice == Style::Oauth {
                    let body = json!({ "detail": text, "error": "invalid_request", "error_description": text });
                    return json(StatusCode::BAD_REQUEST, body);
                }
                json(StatusCode::BAD_REQUEST, json!({ "detail": text }))
            }
            Error::TooLarge { limit } => json(
                StatusCode::PAYLOAD_TOO_LARGE,
                json!({ "detail": format!("Request body is larger than {limit} bytes.") }),
            ),
            Error::UnsupportedMedia(media) => json(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                json!({ "detail": format!("Unsupported media type \"{media}\" in request.") }),
            ),
            Error::Missing if self.voice == Style::Oauth => self.say(
                StatusCode::NOT_FOUND,
                "There is no such connection.",
                "not_found",
            ),
            Error::Oauth(failure) => {
                let (status, code, text) = super::social::words(*failure);
                self.say(status, &text, &code)
            }
            // The path's id is none that a device can have.
            Error::Missing if self.voice == Style::SecondFactor => {
                self.render(&FactorFailure::UnknownDevice.into())
            }
            Error::Missing | Error::NoAccount => {
                json(StatusCode::NOT_FOUND, json!({ "detail": "Not found." }))
            }
            Error::MethodNotAllowed { method } => json(
                StatusCode::METHOD_NOT_ALLOWED,
                json!({ "detail": format!("Method \"{method}\" not allowed.") }),
            ),
            Error::Unauthenticated(failure) => self.unauthenticated(*failure),
            Error::Challenge(_) | Error::ResetCode(_) => self.render(&Error::WrongCode),
            Error::Recaptcha(_) => self.render(&Error::Forbidden),
            Error::Closed(_) => self.unauthenticated(AuthFailure::Inactive),
            Error::NoPassword => self.say(
                StatusCode::BAD_REQUEST,
                "The account has no password.",
                "no_password",
            ),
            Error::NoContact => self.say(
                StatusCode::BAD_REQUEST,
                "The account has nothing to be written to.",
                "no_contact",
            ),
            Error::WrongCode if self.is_typed() => {
                self.challenged(json!({ "error": "Authentication failed" }))
            }
            Error::WrongCode => {
                self.challenged(json!({ "detail": "Incorrect authentication credentials." }))
            }
            Error::InvalidToken => json(
                StatusCode::BAD_REQUEST,
                json!({ "detail": "The token is invalid or has expired." }),
            ),
            Error::Taken(ClaimKind::Email) => json(
                StatusCode::BAD_REQUEST,
                json!({ "email": ["A user with that email already exists."] }),
            ),
            Error::Taken(ClaimKind::Phone) => json(
                StatusCode::BAD_REQUEST,
                json!({ "phone": ["A user with that phone number already exists."] }),
            ),
            Error::Taken(ClaimKind::Device) => json(
                StatusCode::BAD_REQUEST,
                json!({ "dev_mac": ["The event has this device already."] }),
            ),
            Error::Taken(ClaimKind::Username) => json(
                StatusCode::BAD_REQUEST,
                json!({ "username": ["A user with that username already exists."] }),
            ),
            Error::NeedsAnotherAdministrator => json(
                StatusCode::BAD_REQUEST,
                json!({ "detail": "Only another administrator may do this." }),
            ),
            Error::Unproven if matches!(self.voice, Style::SecondFactor | Style::BackupCode) => {
                second_factor::unproven()
            }
            Error::Unproven => json(
                StatusCode::FORBIDDEN,
                json!({ "detail": UNPROVEN, "code": "unproven_address" }),
            ),
            Error::Forbidden => json(
                StatusCode::FORBIDDEN,
                json!({ "detail": "You do not have permission to perform this action." }),
            ),
            // One answer for a wrong backup code and for a session that takes no more.
            Error::SecondFactor(FactorFailure::NoTriesLeft) if self.voice == Style::BackupCode => {
                second_factor::render(FactorFailure::WrongCode { left: Some(0) })
            }
            Error::SecondFactor(failure) => second_factor::render(*failure),
            Error::StaleSignIn if matches!(self.voice, Style::SecondFactor | Style::BackupCode) => {
                second_factor::stale()
            }
            Error::AlreadyDeleted => json(
                StatusCode::BAD_REQUEST,
                json!({ "detail": "Account is already deleted." }),
            ),
            // Not a 401: clients answer that with a refresh, which renews no sign-in.
            Error::StaleSignIn => json(
                StatusCode::FORBIDDEN,
                json!({
                    "detail": "This needs a sign-in of the last ten minutes, with your second factor if you have one. Please sign in again.",
                    "code": "stale_sign_in",
                }),
            ),
            Error::Conflict => json(
                StatusCode::CONFLICT,
                json!({ "detail": "Another request was first.", "code": "conflict" }),
            ),
            Error::Grant(_) => json(
                StatusCode::BAD_REQUEST,
                json!({ "detail": "This authorization is not valid.", "code": "invalid_grant" }),
            ),
            Error::Disabled if self.voice == Style::Realtime => json(
                StatusCode::INTERNAL_SERVER_ERROR,
                json!({ "error": "Centrifugo not configured or disabled" }),
            ),
            Error::Disabled => self.say(
                StatusCode::SERVICE_UNAVAILABLE,
                "This is not enabled here.",
                "disabled",
            ),
            Error::TooMany(exceeded) => self.too_many(*exceeded),
            Error::Undeliverable(_) => self.say(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The code could not be sent. Please try again.",
                "send_failed",
            ),
            Error::Unavailable(_) | Error::ListTooLong { .. } => self.unavailable(),
            Error::Internal(_) => self.say(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal server error.",
                self.broken(),
            ),
        }
    }
}
