//! `/sign-in/with`: a password, or a code that is sent.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::limit::{Exceeded, Quota};
use domain::username::LoginName;
use domain::{Contact, Error, Problem, ProblemKind};
use edge::Refusal;
use edge::page::{Frame, sentence};
use flows::Postern;

use super::code::CodePage;
use crate::visit::{Form, Visit};

/// Where the person chooses how to sign in. It depends on what was typed, and on nothing
/// that we know about it.
#[derive(Template)]
#[template(path = "with.html")]
struct WithPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    name: &'a str,
    by_mail: bool,
    by_text: bool,
    /// About the password.
    problem: Option<String>,
    /// About the code.
    not_sent: Option<String>,
}

impl<'a> WithPage<'a> {
    fn new(postern: &Postern, visit: &'a Visit) -> Self {
        let texts = &postern.settings().texts;
        let contact = contact(&visit.step.name);
        Self {
            frame: &visit.frame,
            at: &visit.at,
            name: &visit.step.name,
            by_mail: matches!(contact, Some(Contact::Email(_))),
            by_text: matches!(&contact, Some(Contact::Phone(number)) if texts.allows(number)),
            problem: None,
            not_sent: None,
        }
    }
}

/// Where a code goes that the person asks for by `name`.
pub(crate) fn contact(name: &str) -> Option<Contact> {
    match LoginName::identifier(name) {
        LoginName::Email(address) => Some(Contact::Email(address)),
        LoginName::Phone(number) => Some(Contact::Phone(number)),
        LoginName::Username(_) | LoginName::Vendor(_) | LoginName::Nobody => None,
    }
}

/// The ways to sign in by the name that was typed.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/sign-in/with", operation_id = "sign_in_with", tags = ["page"], security(()),
    params(("at" = Option<String>, Query, description = "How far the browser is")),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The ways"),
        (status = 303, description = "To the first page: no name was typed"),
    )
)]
pub async fn handle(State(postern): State<Postern>, visit: Visit) -> Result<Response, Refusal> {
    if visit.step.name.is_empty() {
        return visit.begins_again(&postern);
    }
    visit.frame.show(&WithPage::new(&postern, &visit))
}

/// Sign in by password. Unknown names and wrong passwords look the same. The browser gets a
/// new cookie.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/sign-in/password", operation_id = "sign_in_by_password", tags = ["page"], security(()),
    responses(
        (status = 303, description = "In, or to what the sign-in still lacks"),
        (status = 400, content_type = "text/html", body = String, description = "Wrong, unknown or locked"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many from one network, or too many wrong ones"),
    )
)]
pub async fn password(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    if visit.step.name.is_empty() {
        return visit.begins_again(&postern);
    }
    let signed_in = match &typed.password {
        Some(password) => {
            let name = LoginName::identifier(&visit.step.name);
            postern
                .sign_in_browser_by_password(&visit.meta, &name, password)
                .await
        }
        None => Err(Error::Invalid(vec![Problem::of(
            "password",
            ProblemKind::Required,
        )])),
    };
    match signed_in {
        Ok(entered) => visit.enters(&postern, entered),
        Err(error) => {
            let problem = match &error {
                Error::WrongCode => visit.frame.say.problem.wrong_password.to_owned(),
                Error::Invalid(_) => visit.frame.say.problem.no_password.to_owned(),
                error => sentence(visit.frame.say, error),
            };
            let page = WithPage {
                problem: Some(problem),
                ..WithPage::new(&postern, &visit)
            };
            visit.frame.show_error(&error, &page)
        }
    }
}

/// Send a code to the address or number that was typed.
///
/// # Errors
/// As [`password`].
#[utoipa::path(
    post, path = "/sign-in/send", operation_id = "sign_in_send", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "Where to type the code that was sent a moment ago"),
        (status = 303, description = "To where to type the code"),
        (status = 400, content_type = "text/html", body = String, description = "A number that texts do not go to"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn send(
    State(postern): State<Postern>,
    Form { visit, .. }: Form,
) -> Result<Response, Refusal> {
    let Some(contact) = contact(&visit.step.name) else {
        return visit.begins_again(&postern);
    };
    let Err(error) = postern.request_code(&visit.meta, &contact, "").await else {
        return visit.goes_to(&postern, "/sign-in/code", &visit.step);
    };
    if let Some(page) = CodePage::sent_already(&visit, &contact, &error) {
        return visit.frame.show(&page);
    }
    let page = WithPage {
        not_sent: Some(not_sent(&visit, &error)),
        ..WithPage::new(&postern, &visit)
    };
    visit.frame.show_error(&error, &page)
}

/// Why no code was sent.
pub(crate) fn not_sent(visit: &Visit, error: &Error) -> String {
    match error {
        Error::Invalid(_) => visit.frame.say.problem.no_texts.to_owned(),
        error => sentence(visit.frame.say, error),
    }
}

/// After how many seconds the code may be sent again, if that is all that is wrong.
pub(crate) const fn pause(error: &Error) -> Option<u64> {
    match error {
        Error::TooMany(Exceeded {
            quota: Quota::Cooldown,
            retry_after,
        }) => Some(*retry_after),
        _ => None,
    }
}
