//! What goes wrong, in words for people, as a page.

use askama::Template;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html as Page, IntoResponse as _, Response};
use domain::factors::FactorFailure;
use domain::{AuthFailure, Error, GrantFailure};

use flows::Language;

use super::Words;
use crate::dialect::{Dialect, retry_after, word};

/// How a visitor begins again after a refused request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// At the device page.
    AtDevice,
    /// At the sign-in.
    AtSignIn,
    /// By the link in their letter, which no page but the first may hold.
    ByLetter,
    /// In the application that sent them here.
    AtClient,
}

/// The dialect of pages, in a language.
#[derive(Clone, Copy, Debug)]
pub struct Html {
    /// The language.
    pub language: Language,
    /// How to begin again.
    pub again: Again,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    say: &'static Words,
    problem: String,
    again: Again,
}

impl Dialect for Html {
    fn render(&self, error: &Error) -> Response {
        let say = Words::of(self.language);
        let page = RefusalPage {
            say,
            problem: sentence(say, error),
            again: self.again,
        };
        let html = page.render().unwrap_or_default();
        let mut response = (status(error), Page(html)).into_response();
        if let Error::TooMany(exceeded) = error {
            response = retry_after(response, exceeded.retry_after);
        }
        response
    }
}

/// Renders every refusal of a page, in the language that the browser asks for.
pub async fn rendered(again: Again, request: Request, next: Next) -> Response {
    const fn html(language: Language, again: Again) -> Html {
        Html { language, again }
    }
    const fn in_language(language: Language) -> [Html; 4] {
        [
            html(language, Again::AtDevice),
            html(language, Again::AtSignIn),
            html(language, Again::ByLetter),
            html(language, Again::AtClient),
        ]
    }
    static ENGLISH: [Html; 4] = in_language(Language::English);
    static GERMAN: [Html; 4] = in_language(Language::German);
    let asked = request.headers().get(header::ACCEPT_LANGUAGE);
    let asked = asked.and_then(|value| value.to_str().ok());
    let asked = asked.and_then(domain::profile::first_language);
    let [at_device, at_sign_in, by_letter, at_client] =
        match Language::of(asked.as_deref().unwrap_or_default()) {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        };
    let html = match again {
        Again::AtDevice => at_device,
        Again::AtSignIn => at_sign_in,
        Again::ByLetter => by_letter,
        Again::AtClient => at_client,
    };
    word(html, request, next).await
}

/// The status that tells programs what the sentence tells people.
pub const fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid(_)
        | Error::Unreadable { .. }
        | Error::Unauthenticated(_)
        | Error::WrongCode
        | Error::SecondFactor(_)
        | Error::Challenge(_)
        | Error::ResetCode(_)
        | Error::Closed(_)
        | Error::NoPassword
        | Error::NoContact
        | Error::Oauth(_)
        | Error::Recaptcha(_)
        | Error::AlreadyDeleted
        | Error::InvalidToken
        | Error::Grant(_) => StatusCode::BAD_REQUEST,
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Error::UnsupportedMedia(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::Missing | Error::NoAccount => StatusCode::NOT_FOUND,
        Error::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
        Error::StaleSignIn
        | Error::Forbidden
        | Error::NeedsAnotherAdministrator
        | Error::Unproven => StatusCode::FORBIDDEN,
        Error::Conflict | Error::Taken(_) => StatusCode::CONFLICT,
        Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Disabled
        | Error::Undeliverable(_)
        | Error::Unavailable(_)
        | Error::ListTooLong { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What a person can do about it.
pub fn sentence(say: &Words, error: &Error) -> String {
    let problem = &say.problem;
    let text = match error {
        Error::Invalid(_)
        | Error::Unreadable { .. }
        | Error::TooLarge { .. }
        | Error::UnsupportedMedia(_) => problem.unreadable,
        Error::Missing | Error::NoAccount | Error::MethodNotAllowed { .. } => problem.nothing_here,
        Error::SecondFactor(FactorFailure::WrongCode { left }) => {
            let wrong = problem.wrong_factor;
            return left.map_or_else(
                || wrong.to_owned(),
                |left| format!("{wrong} {}", (problem.tries_left)(left)),
            );
        }
        Error::SecondFactor(FactorFailure::NotAskable) => problem.factor_elsewhere,
        Error::Unauthenticated(AuthFailure::PasswordChangeRequired) => {
            problem.password_change_required
        }
        Error::NeedsAnotherAdministrator => problem.another_administrator,
        Error::Unproven => problem.unproven,
        Error::Unauthenticated(_)
        | Error::SecondFactor(_)
        | Error::Challenge(_)
        | Error::ResetCode(_)
        | Error::Closed(_)
        | Error::NoPassword
        | Error::NoContact
        | Error::Oauth(_)
        | Error::Recaptcha(_)
        | Error::StaleSignIn
        | Error::InvalidToken
        | Error::AlreadyDeleted => problem.sign_in_again,
        Error::Forbidden => problem.foreign_form,
        Error::WrongCode => problem.wrong_code,
        Error::Taken(_) => problem.taken,
        Error::Conflict | Error::Grant(GrantFailure::Pending | GrantFailure::SlowDown) => {
            problem.answered
        }
        Error::Grant(GrantFailure::UnknownClient | GrantFailure::UnauthorizedClient) => {
            say.authorize.unknown_client
        }
        Error::Grant(GrantFailure::BadRedirect) => say.authorize.bad_redirect,
        Error::Grant(GrantFailure::Unknown) => say.authorize.over,
        Error::Grant(_) => problem.over,
        Error::TooMany(exceeded) => return (problem.too_many)(&say.span(exceeded.retry_after)),
        Error::Disabled => problem.disabled,
        Error::Undeliverable(_) => problem.undeliverable,
        Error::Unavailable(_) | Error::ListTooLong { .. } | Error::Internal(_) => problem.ours,
    };
    text.to_owned()
}
