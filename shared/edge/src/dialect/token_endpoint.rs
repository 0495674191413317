//! A token endpoint's style, of RFC 6749 §5.2 and RFC 8628 §3.5, which Ravi's device
//! routes speak, too. It says what [`super::bearer`] says, but a refused credential
//! counts as a grant and not as a bearer: `error` is a word of a registered list,
//! `error_description` a sentence.
//!
//! Sentences are plain ASCII without quotes, as the grammar wants. Where no word of the
//! lists fits, the nearest of RFC 6749 §4.1.2.1 is sent with a status that says the rest.

use axum::http::StatusCode;
use axum::response::Response;
use domain::{Error, GrantFailure};

use super::oauth_errors::{grant, invalid, say};
use super::{Dialect, retry_after};

/// The dialect. It has one voice: whatever credential is refused here is a grant.
#[derive(Clone, Copy, Debug)]
pub struct TokenEndpoint;

impl Dialect for TokenEndpoint {
    fn render(&self, error: &Error) -> Response {
        match error {
            Error::Invalid(problems) => invalid(problems),
            Error::Unreadable { .. } => say(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The body cannot be read.",
            ),
            Error::TooLarge { .. } => say(
                StatusCode::PAYLOAD_TOO_LARGE,
                "invalid_request",
                "The body is too large.",
            ),
            Error::UnsupportedMedia(_) => say(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "invalid_request",
                "This media type is not read here.",
            ),
            Error::Missing | Error::NoAccount => say(
                StatusCode::NOT_FOUND,
                "invalid_request",
                "Nothing answers at this path.",
            ),
            Error::MethodNotAllowed { .. } => say(
                StatusCode::METHOD_NOT_ALLOWED,
                "invalid_request",
                "This method is not allowed here.",
            ),
            Error::Grant(failure) => grant(*failure),
            Error::Unauthenticated(_)
            | Error::WrongCode
            | Error::SecondFactor(_)
            | Error::Challenge(_)
            | Error::ResetCode(_)
            | Error::Closed(_)
            | Error::NoPassword
            | Error::NoContact
            | Error::Oauth(_)
            | Error::Recaptcha(_)
            | Error::InvalidToken
            | Error::AlreadyDeleted => grant(GrantFailure::Unknown),
            Error::StaleSignIn
            | Error::Forbidden
            | Error::NeedsAnotherAdministrator
            | Error::Unproven => say(
                StatusCode::FORBIDDEN,
                "access_denied",
                "This grant does not allow that.",
            ),
            Error::Conflict | Error::Taken(_) => say(
                StatusCode::CONFLICT,
                "invalid_grant",
                "Another request was first.",
            ),
            Error::Disabled => say(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "This is not enabled here.",
            ),
            Error::TooMany(exceeded) => retry_after(
                say(
                    StatusCode::TOO_MANY_REQUESTS,
                    "temporarily_unavailable",
                    "Too many requests. Retry-After says when to try again.",
                ),
                exceeded.retry_after,
            ),
            Error::Undeliverable(_) | Error::Unavailable(_) | Error::ListTooLong { .. } => {
                retry_after(
                    say(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "temporarily_unavailable",
                        "The service is busy. Retry-After says when to try again.",
                    ),
                    1,
                )
            }
            Error::Internal(_) => say(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "Something is wrong on our side.",
            ),
        }
    }
}
