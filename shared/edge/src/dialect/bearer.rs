//! OAuth's style: `{error, error_description}` (RFC 6749 §5.2), with the
//! challenges of bearers (RFC 6750 §3) on 401 and 403.
//!
//! Descriptions are our own words and never hold what was sent: the RFC allows
//! them only a part of ASCII.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::{AuthFailure, Error};

use super::oauth_errors::{grant, invalid, say};
use super::{Dialect, retry_after};

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
            Error::Missing | Error::NoAccount => {
                say(StatusCode::NOT_FOUND, "invalid_request", "Nothing is here")
            }
            Error::MethodNotAllowed { .. } => say(
                StatusCode::METHOD_NOT_ALLOWED,
                "invalid_request",
                "This method is not allowed here",
            ),
            Error::Unauthenticated(failure) => unauthenticated(*failure),
            Error::WrongCode
            | Error::SecondFactor(_)
            | Error::Challenge(_)
            | Error::ResetCode(_) => say(bad, "invalid_grant", "The code was not accepted"),
            Error::Oauth(failure) => {
                let (status, _, text) = super::social::words(*failure);
                say(status, "invalid_grant", &text)
            }
            Error::InvalidToken => say(bad, "invalid_grant", "The token was used or is over"),
            Error::Taken(_) => say(StatusCode::CONFLICT, "invalid_request", "The name is taken"),
            Error::Grant(failure) => grant(*failure),
            Error::Closed(_) => say(bad, "invalid_grant", "The account is not active"),
            Error::NoPassword => say(bad, "invalid_request", "The account has no password"),
            Error::NoContact => say(
                bad,
                "invalid_request",
                "The account has nothing to be written to",
            ),
            Error::AlreadyDeleted => say(bad, "invalid_grant", "The account is deleted"),
            // RFC 9470: the token is good, but the sign-in behind it is too old.
            Error::StaleSignIn => challenged(
                StatusCode::UNAUTHORIZED,
                "insufficient_user_authentication",
                "A recent sign-in is required",
            ),
            Error::NeedsAnotherAdministrator => say(
                bad,
                "invalid_request",
                "Only another administrator may do this",
            ),
            Error::Unproven => challenged(
                StatusCode::FORBIDDEN,
                "insufficient_scope",
                "The email address of the account has to be confirmed first",
            ),
            Error::Forbidden | Error::Recaptcha(_) => challenged(
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
            Error::Unavailable(_) | Error::ListTooLong { .. } => {
                retry_after(unavailable("Please try again"), 1)
            }
            Error::Internal(_) => say(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "Something went wrong here",
            ),
        }
    }
}

fn unavailable(description: &str) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    say(status, "temporarily_unavailable", description)
}

/// An answer that names the error in its `WWW-Authenticate` header, too.
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
        // A request without a credential made no mistake yet, and gets no error code (RFC 6750 §3.1).
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
        AuthFailure::BadToken
        | AuthFailure::SpentToken
        | AuthFailure::ReplayedToken
        | AuthFailure::EndedSession
        | AuthFailure::ExpiredSession
        | AuthFailure::OtherDelivery(_)
        | AuthFailure::MissingCsrfToken
        | AuthFailure::WrongCsrfToken => "The token is not accepted",
        AuthFailure::Inactive => "The account is not active",
        AuthFailure::BadApiKey => "The API key is not accepted",
        AuthFailure::PasswordChangeRequired => "The password has to be replaced",
        AuthFailure::BadDevice => "The device is not accepted",
    };
    challenged(StatusCode::UNAUTHORIZED, "invalid_token", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sent_nothing_is_told_no_error() {
        let missing = OAuth2.render(&Error::Unauthenticated(AuthFailure::Missing));
        assert_eq!(missing.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let bad = OAuth2.render(&Error::Unauthenticated(AuthFailure::BadApiKey));
        let challenge = "Bearer error=\"invalid_token\"";
        assert_eq!(bad.headers()[header::WWW_AUTHENTICATE], challenge);
    }
}
