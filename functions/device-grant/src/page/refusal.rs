//! What goes wrong, in words for people, as a page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html as Page, IntoResponse as _, Response};
use domain::totp::FactorFailure;
use domain::{AuthFailure, Error, GrantFailure};
use edge::dialect::Dialect;

/// The page's dialect.
#[derive(Clone, Copy, Debug)]
pub struct Html;

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    problem: String,
}

impl Dialect for Html {
    fn render(&self, error: &Error) -> Response {
        let problem = sentence(error);
        let html = RefusalPage { problem }.render().unwrap_or_default();
        let mut response = (status(error), Page(html)).into_response();
        if let Error::TooMany(exceeded) = error {
            response = edge::dialect::retry_after(response, exceeded.retry_after);
        }
        response
    }
}

/// The status that tells programs what the sentence tells people.
pub(crate) const fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid(_)
        | Error::Unreadable { .. }
        | Error::Unauthenticated(_)
        | Error::WrongCode
        | Error::SecondFactor(_)
        | Error::Oauth(_)
        | Error::AlreadyDeleted
        | Error::SpentTicket
        | Error::Grant(_) => StatusCode::BAD_REQUEST,
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Error::UnsupportedMedia(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::Missing => StatusCode::NOT_FOUND,
        Error::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
        Error::StaleSignIn | Error::Forbidden | Error::OwnAccount => StatusCode::FORBIDDEN,
        Error::Conflict | Error::Taken(_) => StatusCode::CONFLICT,
        Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Disabled | Error::Undeliverable(_) | Error::Unavailable(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What a person can do about it.
pub(crate) fn sentence(error: &Error) -> String {
    match error {
        Error::Invalid(_)
        | Error::Unreadable { .. }
        | Error::TooLarge { .. }
        | Error::UnsupportedMedia(_) => "That could not be read. Please try again.".to_owned(),
        Error::Missing | Error::MethodNotAllowed { .. } => "There is nothing here.".to_owned(),
        Error::SecondFactor(FactorFailure::WrongCode { left }) => match left {
            Some(left) => format!("That code is not right. Tries left: {left}."),
            None => "That code is not right.".to_owned(),
        },
        Error::Unauthenticated(AuthFailure::PasswordChangeRequired) => {
            "Your password has to be replaced. Please use the way back to a forgotten one."
                .to_owned()
        }
        Error::OwnAccount => "That is not for you to do to your own account.".to_owned(),
        Error::Unauthenticated(_)
        | Error::SecondFactor(_)
        | Error::Oauth(_)
        | Error::StaleSignIn
        | Error::SpentTicket
        | Error::AlreadyDeleted => "Please sign in again.".to_owned(),
        Error::Forbidden => {
            "This form is too old, or your browser keeps no cookies. Please begin again.".to_owned()
        }
        Error::WrongCode => "That code does not work (any more). Please check it.".to_owned(),
        Error::Taken(_) => "That name is taken.".to_owned(),
        Error::Conflict | Error::Grant(GrantFailure::Pending | GrantFailure::SlowDown) => {
            "This request has just been answered somewhere else.".to_owned()
        }
        Error::Grant(_) => "This request is over. Start again on your device.".to_owned(),
        Error::TooMany(exceeded) => format!(
            "Too many tries. Please wait {} and try again.",
            span(exceeded.retry_after)
        ),
        Error::Disabled => "This is not enabled here.".to_owned(),
        Error::Undeliverable(_) => {
            "The letter could not be sent. Please try again in a moment.".to_owned()
        }
        Error::Unavailable(_) | Error::Internal(_) => {
            "Something is wrong on our side. Please try again in a moment.".to_owned()
        }
    }
}

/// Seconds as people say them.
pub(crate) fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..=90 => (seconds, "second"),
        91..=5400 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3600), "hour"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_are_said_as_people_do() {
        for (seconds, said) in [
            (1, "1 second"),
            (42, "42 seconds"),
            (120, "2 minutes"),
            (3600, "60 minutes"),
            (7000, "2 hours"),
        ] {
            assert_eq!(span(seconds), said);
        }
    }
}
