//! `/sign-in/code`: the code that was sent.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{Contact, Error, Problem, ProblemKind};
use edge::Refusal;
use edge::page::{Frame, sentence};
use flows::Postern;

use super::with::{contact, pause};
use crate::visit::{Form, Visit};

/// Where the person types the code.
#[derive(Template)]
#[template(path = "code.html")]
pub(crate) struct CodePage<'a> {
    frame: &'a Frame,
    at: &'a str,
    name: &'a str,
    by_text: bool,
    problem: Option<String>,
    notice: Option<String>,
}

impl<'a> CodePage<'a> {
    fn new(visit: &'a Visit, contact: &Contact) -> Self {
        Self {
            frame: &visit.frame,
            at: &visit.at,
            name: &visit.step.name,
            by_text: matches!(contact, Contact::Phone(_)),
            problem: None,
            notice: None,
        }
    }

    /// The page for a code that was sent a moment ago, if that is what `error` says.
    pub(crate) fn sent_already(visit: &'a Visit, contact: &Contact, error: &Error) -> Option<Self> {
        let wait = visit.frame.say.span(pause(error)?);
        Some(Self {
            notice: Some((visit.frame.say.problem.sent_already)(&wait)),
            ..Self::new(visit, contact)
        })
    }
}

/// Where to type the code.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/sign-in/code", operation_id = "sign_in_code_page", tags = ["page"], security(()),
    params(("at" = Option<String>, Query, description = "How far the browser is")),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The page"),
        (status = 303, description = "To the first page: no address or number was typed"),
    )
)]
pub async fn handle(State(postern): State<Postern>, visit: Visit) -> Result<Response, Refusal> {
    match contact(&visit.step.name) {
        Some(contact) => visit.frame.show(&CodePage::new(&visit, &contact)),
        None => visit.begins_again(&postern),
    }
}

/// Sign in with the code. The browser gets a new cookie.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/sign-in/code", operation_id = "sign_in_code", tags = ["page"], security(()),
    responses(
        (status = 303, description = "In, or to what the sign-in still lacks"),
        (status = 400, content_type = "text/html", body = String, description = "Not the code"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn verify(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    let Some(contact) = contact(&visit.step.name) else {
        return visit.begins_again(&postern);
    };
    let signed_in = match typed.code.is_empty() {
        true => Err(no_code()),
        false => {
            postern
                .sign_in_browser(&visit.meta, &contact, &typed.code)
                .await
        }
    };
    match signed_in {
        Ok(entered) => visit.enters(&postern, entered),
        Err(error) => {
            let page = CodePage {
                problem: Some(wrong(&visit, &error)),
                ..CodePage::new(&visit, &contact)
            };
            visit.frame.show_error(&error, &page)
        }
    }
}

/// Nothing was typed.
pub(crate) fn no_code() -> Error {
    Error::Invalid(vec![Problem::of("code", ProblemKind::Required)])
}

/// What is wrong with a code.
pub(crate) fn wrong(visit: &Visit, error: &Error) -> String {
    match error {
        Error::Invalid(_) => visit.frame.say.problem.no_code.to_owned(),
        error => sentence(visit.frame.say, error),
    }
}
