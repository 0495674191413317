//! The style of RFC 6749 §5.2 and RFC 8628 §3.5, which Ravi's device routes speak
//! too: `error` is a word of a registered list, `error_description` a sentence.
//!
//! Sentences are plain ASCII without quotes, as the grammar wants. Where no word of
//! the lists fits, the nearest of RFC 6749 §4.1.2.1 stands with a status that says
//! the rest.

use axum::http::StatusCode;
use axum::response::Response;
use domain::{Error, GrantFailure, Problem, ProblemKind};
use serde_json::json;

use super::{Dialect, json, retry_after};

/// The dialect. It has one voice: whatever credential is refused here is a grant.
#[derive(Clone, Copy, Debug)]
pub struct OAuth2;

impl Dialect for OAuth2 {
    fn render(&self, error: &Error) -> Response {
        match error {
            Error::Invalid(problems) => bad("invalid_request", &listed(problems)),
            Error::Unreadable { .. } => bad("invalid_request", "The body cannot be read."),
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
            Error::Missing => say(
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
            | Error::Oauth(_)
            | Error::AlreadyDeleted => grant(GrantFailure::Unknown),
            Error::StaleSignIn | Error::Forbidden => say(
                StatusCode::FORBIDDEN,
                "access_denied",
                "This grant does not allow that.",
            ),
            Error::Conflict => say(
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
            Error::Undeliverable(_) | Error::Unavailable(_) => retry_after(
                say(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "temporarily_unavailable",
                    "The service is busy. Retry-After says when to try again.",
                ),
                1,
            ),
            Error::Internal(_) => say(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "Something is wrong on our side.",
            ),
        }
    }
}

fn grant(failure: GrantFailure) -> Response {
    let (error, description) = match failure {
        GrantFailure::Pending => (
            "authorization_pending",
            "Nobody has answered yet. Ask again after the interval.",
        ),
        GrantFailure::SlowDown => (
            "slow_down",
            "Nobody has answered yet. From now on wait five seconds longer between two requests.",
        ),
        GrantFailure::Expired => (
            "expired_token",
            "The device code has expired or was exchanged before. Begin again.",
        ),
        GrantFailure::Denied => ("access_denied", "The request was denied."),
        GrantFailure::Unknown => (
            "invalid_grant",
            "The grant is not valid here, or not any more.",
        ),
        GrantFailure::UnknownClient => (
            "invalid_client",
            "No client of this client_id is registered.",
        ),
        GrantFailure::UnsupportedType => (
            "unsupported_grant_type",
            "This type of grant is not served here.",
        ),
    };
    bad(error, description)
}

fn bad(error: &str, description: &str) -> Response {
    say(StatusCode::BAD_REQUEST, error, description)
}

fn say(status: StatusCode, error: &str, description: &str) -> Response {
    json(
        status,
        json!({ "error": error, "error_description": description }),
    )
}

/// All problems in one sentence. Names of fields that a client coined stay out:
/// they may hold anything.
fn listed(problems: &[Problem]) -> String {
    let one = |problem: &Problem| {
        let name = problem.path.join(".");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
        let name = match name.as_str() {
            "" => "the body",
            name if name.len() <= 64 && name.bytes().all(plain) => name,
            _ => "a field",
        };
        format!("{name} {}", clause(problem.kind))
    };
    let all: Vec<String> = problems.iter().map(one).collect();
    format!("{}.", all.join("; "))
}

fn clause(kind: ProblemKind) -> String {
    match kind {
        ProblemKind::Required => "is required".to_owned(),
        ProblemKind::Null => "must not be null".to_owned(),
        ProblemKind::Blank => "must not be empty".to_owned(),
        ProblemKind::NotText => "must be a string".to_owned(),
        ProblemKind::NotABoolean => "must be true or false".to_owned(),
        ProblemKind::Repeated => "must be sent once".to_owned(),
        ProblemKind::NotAnObject => "must be an object".to_owned(),
        ProblemKind::TooShort { min } => format!("must have {min} characters or more"),
        ProblemKind::TooLong { max } => format!("must have {max} characters or fewer"),
        ProblemKind::NullCharacter => "must not hold a null character".to_owned(),
        ProblemKind::NotAnEmail => "must be an e-mail address".to_owned(),
        ProblemKind::NotAUrl => "must be a URL".to_owned(),
        ProblemKind::NotDigits => "must be digits".to_owned(),
        ProblemKind::NotAPhone => "must be a telephone number".to_owned(),
        ProblemKind::NotAUuid => "must be a UUID".to_owned(),
        ProblemKind::NotAChoice => "must be one of its choices".to_owned(),
        ProblemKind::NotATimeZone => "must be an IANA time zone".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_keep_to_the_grammar() {
        let coined = Problem {
            path: vec!["\"><script>".into()],
            kind: ProblemKind::Repeated,
        };
        let problems = [coined, Problem::of("device_code", ProblemKind::Required)];
        let text = listed(&problems);
        assert_eq!(text, "a field must be sent once; device_code is required.");
        let allowed = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        assert!(text.bytes().all(allowed));
    }
}
