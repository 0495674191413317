//! `POST /sign-in/new-password`: another password, where the one that was shown has to be
//! replaced.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{Error, Problem, ProblemKind};
use edge::Refusal;
use edge::page::{Frame, sentence};
use flows::{ChallengeAnswer, Postern};

use super::next::again;
use crate::visit::{Form, Visit};

/// Where the person chooses it.
#[derive(Template)]
#[template(path = "new_password.html")]
pub(super) struct NewPasswordPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    name: &'a str,
    problems: Vec<String>,
}

impl<'a> NewPasswordPage<'a> {
    pub(super) fn new(visit: &'a Visit, problems: Vec<String>) -> Self {
        Self {
            frame: &visit.frame,
            at: &visit.at,
            name: &visit.step.name,
            problems,
        }
    }
}

/// Replace the password, and go on.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/sign-in/new-password", operation_id = "sign_in_new_password", tags = ["page"], security(()),
    responses(
        (status = 303, description = "In, or to what the sign-in still lacks"),
        (status = 400, content_type = "text/html", body = String, description = "A password that will not do, or no such sign-in"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    let Some(id) = visit.step.waiting else {
        return visit.begins_again(&postern);
    };
    let answered = match typed.password {
        Some(password) => {
            let answer = ChallengeAnswer::NewPassword(password);
            postern.answer_browser(&visit.meta, id, &answer).await
        }
        None => Err(no_password()),
    };
    match answered {
        Ok(entered) => visit.enters(&postern, entered),
        Err(error) => {
            let problems = unfit(&visit, &error);
            again(&postern, &visit, None, &error, problems).await
        }
    }
}

/// Nothing was typed.
pub(crate) fn no_password() -> Error {
    Error::Invalid(vec![Problem::of("password", ProblemKind::Required)])
}

/// Every reason why a password will not do.
pub(crate) fn unfit(visit: &Visit, error: &Error) -> Vec<String> {
    let say = visit.frame.say;
    match error {
        Error::Invalid(problems) => problems
            .iter()
            .map(|problem| say.of_password(&problem.kind))
            .collect(),
        error => vec![sentence(say, error)],
    }
}
