//! OAuth's style: `{error, error_description}` (RFC 6749 §5.2), with the
//! challenges of bearers (RFC 6750 §3) on 401 and 403.
//!
//! Descriptions are our own words and never hold what was sent: the RFC allows
//! them only a part of ASCII.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::{AuthFailure, Error, Problem, ProblemKind};
use serde_json::json;

use super::{Dialect, json, retry_after};

/// The dialect. It has one voice.
#[derive(Clone, Copy, Debug)]
pub struct OAuth2;

impl Dialect for OAuth2 {
    fn render(&self, error: &Error) -> Response {
        let bad = StatusCode::BAD_REQUEST;
        match error {
            Error::Invalid(problems) => invalid(problems),
            Error::Unreadable { line, column } => {
                let text = format!("The body cannot be read at line {line}, column {column}");
                say(bad, "invalid_request", &text)
            }
            Error::TooLarge { limit } => {
                let text = format!("The body is larger than {limit} bytes");
                say(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", &text)
            }
            Error::UnsupportedMedia(_) => say(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "invalid_request",
                "The body must be application/x-www-form-urlencoded",
            ),
            Error::Missing => say(StatusCode::NOT_FOUND, "invalid_request", "Nothing is here"),
            Error::MethodNotAllowed { .. } => say(
                StatusCode::METHOD_NOT_ALLOWED,
                "invalid_request",
                "This method is not allowed here",
            ),
            Error::Unauthenticated(failure) => unauthenticated(*failure),
            Error::WrongCode | Error::SecondFactor(_) => {
                say(bad, "invalid_grant", "The code was not accepted")
            }
            Error::Oauth(failure) => {
                let (status, _, text) = super::oauth::words(*failure);
                say(status, "invalid_grant", text)
            }
            Error::SpentTicket => say(bad, "invalid_grant", "The token was used or is over"),
            Error::Taken(_) => say(StatusCode::CONFLICT, "invalid_request", "The name is taken"),
            Error::Grant(failure) => super::token_endpoint::grant(*failure),
            Error::AlreadyDeleted => say(bad, "invalid_grant", "The account is deleted"),
            // RFC 9470: the sign-in behind a token that is good is not.
            Error::StaleSignIn => challenged(
                StatusCode::UNAUTHORIZED,
                "insufficient_user_authentication",
                "A recent sign-in is required",
            ),
            Error::OwnAccount => say(
                bad,
                "invalid_request",
                "This cannot be done to one's own account",
            ),
            Error::Forbidden => challenged(
                StatusCode::FORBIDDEN,
                "insufficient_scope",
                "The credentials do not allow this",
            ),
            Error::Conflict => say(
                StatusCode::CONFLICT,
                "invalid_request",
                "Another request was first",
            ),
            Error::Disabled => say(
                StatusCode::NOT_IMPLEMENTED,
                "temporarily_unavailable",
                "This is not enabled here",
            ),
            Error::TooMany(exceeded) => {
                let wait = exceeded.retry_after;
                let text = format!("Too many requests, try again in {wait} seconds");
                let status = StatusCode::TOO_MANY_REQUESTS;
                retry_after(say(status, "temporarily_unavailable", &text), wait)
            }
            Error::Undeliverable(_) => unavailable("The message could not be sent"),
            Error::Unavailable(_) => retry_after(unavailable("Please try again"), 1),
            Error::Internal(_) => say(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "Something went wrong here",
            ),
        }
    }
}

pub(super) fn say(status: StatusCode, error: &str, description: &str) -> Response {
    json(
        status,
        json!({ "error": error, "error_description": description }),
    )
}

fn unavailable(description: &str) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    say(status, "temporarily_unavailable", description)
}

/// An answer that says in its header, too, why the bearer did not do.
fn challenged(status: StatusCode, error: &'static str, description: &str) -> Response {
    let mut response = say(status, error, description);
    if let Ok(challenge) = HeaderValue::try_from(format!("Bearer error=\"{error}\"")) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn unauthenticated(failure: AuthFailure) -> Response {
    let text = match failure {
        // Who sent nothing made no mistake yet, and is told no error code (RFC 6750 §3.1).
        AuthFailure::Missing => {
            let status = StatusCode::UNAUTHORIZED;
            let mut response = say(status, "invalid_client", "Credentials are required");
            let challenge = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
            return response;
        }
        AuthFailure::ExpiredToken => "The token has expired",
        AuthFailure::WrongTokenType => "This kind of token is not accepted here",
        AuthFailure::BadToken | AuthFailure::SpentToken => "The token is not accepted",
        AuthFailure::Inactive => "The account is not active",
        AuthFailure::BadApiKey => "The API key is not accepted",
        AuthFailure::PasswordChangeRequired => "The password has to be replaced",
        AuthFailure::BadDevice => "The device is not accepted",
    };
    challenged(StatusCode::UNAUTHORIZED, "invalid_token", text)
}

pub(super) fn invalid(problems: &[Problem]) -> Response {
    let all: Vec<String> = problems.iter().map(sentence).collect();
    say(StatusCode::BAD_REQUEST, "invalid_request", &all.join("; "))
}

/// What is wrong with a parameter. One that we do not know may be called anything.
fn sentence(problem: &Problem) -> String {
    let name = problem.path.join(".");
    let sound = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let name = match name.as_str() {
        "" => "the body",
        name if name.len() <= 64 && name.chars().all(sound) => name,
        _ => "a parameter",
    };
    let what = match problem.kind {
        ProblemKind::Required => "is required".to_owned(),
        ProblemKind::Null | ProblemKind::Blank => "must not be empty".to_owned(),
        ProblemKind::NotText => "must be a string".to_owned(),
        ProblemKind::NotAnObject => "must be an object".to_owned(),
        ProblemKind::TooShort { min } => format!("must have at least {min} characters"),
        ProblemKind::TooLong { max } => format!("must have at most {max} characters"),
        ProblemKind::NullCharacter => "must not hold a null character".to_owned(),
        ProblemKind::NotAnEmail => "must be an e-mail address".to_owned(),
        ProblemKind::NotAUrl => "must be a URL of http or https".to_owned(),
        ProblemKind::NotDigits => "must hold digits only".to_owned(),
        ProblemKind::NotAPhone => "must be a telephone number".to_owned(),
        ProblemKind::CountryNotServed => "must be of a country that texts are sent to".to_owned(),
        ProblemKind::NotAUuid => "must be a UUID".to_owned(),
        ProblemKind::NotAChoice => "must be one of the values that there are".to_owned(),
        ProblemKind::UnknownField => "is not known".to_owned(),
        ProblemKind::Repeated => "must be sent once".to_owned(),
        ProblemKind::NotANumber => "must be a number".to_owned(),
        ProblemKind::NotAnInteger => "must be a whole number".to_owned(),
        ProblemKind::Below { min } => format!("must not be below {min}"),
        ProblemKind::Above { max } => format!("must not be above {max}"),
        ProblemKind::NotAList => "must be a list".to_owned(),
        ProblemKind::TooMany { max } => format!("must have at most {max} entries"),
        ProblemKind::NotAScope => "must be a scope".to_owned(),
        ProblemKind::NotATimeZone => "must be a time zone".to_owned(),
        ProblemKind::FileTooLarge { max } => format!("must have at most {max} bytes"),
        ProblemKind::NotAPicture => "must be a picture".to_owned(),
        ProblemKind::NotAUsername => "must be a username".to_owned(),
        ProblemKind::NotAnId => "must be a whole number".to_owned(),
        ProblemKind::CommonPassword => "is too common a password".to_owned(),
        ProblemKind::BreachedPassword => "is known from a data breach".to_owned(),
        ProblemKind::NamedPassword => "is too similar to a name".to_owned(),
        ProblemKind::FormerPassword => "was used before".to_owned(),
        ProblemKind::NotABoolean => "must be true or false".to_owned(),
    };
    format!("{name} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_holds_nothing_that_was_sent() {
        let odd = Problem {
            path: vec!["a\"b\u{e9}".into()],
            ..Problem::of("", ProblemKind::Repeated)
        };
        assert_eq!(sentence(&odd), "a parameter must be sent once");
        let known = Problem::of("token", ProblemKind::Required);
        assert_eq!(sentence(&known), "token is required");
    }

    #[test]
    fn who_sent_nothing_is_told_no_error() {
        let missing = OAuth2.render(&Error::Unauthenticated(AuthFailure::Missing));
        assert_eq!(missing.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let bad = OAuth2.render(&Error::Unauthenticated(AuthFailure::BadApiKey));
        let challenge = "Bearer error=\"invalid_token\"";
        assert_eq!(bad.headers()[header::WWW_AUTHENTICATE], challenge);
    }
}
