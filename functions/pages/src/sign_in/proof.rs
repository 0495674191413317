//! `POST /sign-in/proof`: the code that proves the account's address.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::sign_in::ChallengeFailure;
use domain::verification::masked;
use domain::{Contact, Error};
use edge::Refusal;
use edge::page::Frame;
use flows::{ChallengeAnswer, Postern};

use super::code::{no_code, wrong};
use super::next::again;
use super::with::{not_sent, pause};
use crate::visit::{Form, Visit};

/// Where the person types it.
#[derive(Template)]
#[template(path = "proof.html")]
pub(super) struct ProofPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    address: String,
    problems: Vec<String>,
}

impl<'a> ProofPage<'a> {
    pub(super) fn new(
        visit: &'a Visit,
        destination: Option<&Contact>,
        problems: Vec<String>,
    ) -> Self {
        Self {
            frame: &visit.frame,
            at: &visit.at,
            address: destination.map(masked).unwrap_or_default(),
            problems,
        }
    }
}

/// Prove the address with the code, and go on.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/sign-in/proof", operation_id = "sign_in_proof", tags = ["page"], security(()),
    responses(
        (status = 303, description = "In, or to what the sign-in still lacks"),
        (status = 400, content_type = "text/html", body = String, description = "Not the code, or no such sign-in"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 409, content_type = "text/html", body = String, description = "Another account has the address by now"),
    )
)]
pub async fn prove(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    let Some(id) = visit.step.waiting else {
        return visit.begins_again(&postern);
    };
    let answered = match typed.code.is_empty() {
        true => Err(no_code()),
        false => {
            let answer = ChallengeAnswer::EmailCode(typed.code);
            postern.answer_browser(&visit.meta, id, &answer).await
        }
    };
    match answered {
        Ok(entered) => visit.enters(&postern, entered),
        Err(error) => {
            let problem = match &error {
                Error::Challenge(
                    ChallengeFailure::WrongCode
                    | ChallengeFailure::CodeExpired
                    | ChallengeFailure::NoCodeAttempts,
                ) => visit.frame.say.problem.wrong_code.to_owned(),
                error => wrong(&visit, error),
            };
            again(&postern, &visit, None, &error, vec![problem]).await
        }
    }
}

/// Send the code once more.
///
/// # Errors
/// As [`prove`].
#[utoipa::path(
    post, path = "/sign-in/proof/send", operation_id = "sign_in_proof_send", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To where to type the code"),
        (status = 400, content_type = "text/html", body = String, description = "No such sign-in"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many, or too soon"),
        (status = 503, content_type = "text/html", body = String, description = "It could not be sent"),
    )
)]
pub async fn send(
    State(postern): State<Postern>,
    Form { visit, .. }: Form,
) -> Result<Response, Refusal> {
    let Some(id) = visit.step.waiting else {
        return visit.begins_again(&postern);
    };
    match postern.send_browser_code(&visit.meta, id, None).await {
        Ok(_) => visit.goes_to(&postern, "/sign-in/next", &visit.step),
        Err(error) => {
            let problem = match pause(&error) {
                Some(wait) => {
                    let wait = visit.frame.say.span(wait);
                    (visit.frame.say.problem.sent_already)(&wait)
                }
                None => not_sent(&visit, &error),
            };
            again(&postern, &visit, None, &error, vec![problem]).await
        }
    }
}
