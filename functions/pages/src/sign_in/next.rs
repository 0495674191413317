//! `/sign-in/next`: what a sign-in still waits for.

use axum::extract::State;
use axum::response::Response;
use domain::Error;
use domain::factors::FactorFailure;
use domain::sign_in::ChallengeKind;
use edge::Refusal;
use flows::{AwaitedAnswer, Postern};

use super::factor::{FactorPage, Way};
use super::new_password::NewPasswordPage;
use super::proof::ProofPage;
use super::start::StartPage;
use crate::visit::Visit;

/// The page for what the sign-in waits for.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/sign-in/next", operation_id = "sign_in_next", tags = ["page"], security(()),
    params(
        ("at" = Option<String>, Query, description = "How far the browser is"),
        ("by" = Option<String>, Query, description = "The kind of second factor: `app`, `email` or `sms`"),
    ),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The page"),
        (status = 303, description = "To the first page: no sign-in waits"),
        (status = 400, content_type = "text/html", body = String, description = "The sign-in waits no longer"),
    )
)]
pub async fn handle(State(postern): State<Postern>, visit: Visit) -> Result<Response, Refusal> {
    let Some(id) = visit.step.waiting else {
        return visit.begins_again(&postern);
    };
    match postern.awaited_answer(&visit.meta, id).await {
        Ok(awaited) => show(&visit, &awaited, Way::named(&visit.asked.by), None),
        Err(error) => StartPage::after(&visit, &error),
    }
}

/// The page for `awaited`, with what was wrong with the answer before.
pub(super) fn show(
    visit: &Visit,
    awaited: &AwaitedAnswer,
    way: Option<Way>,
    wrong: Option<(&Error, Vec<String>)>,
) -> Result<Response, Refusal> {
    let (error, problems) = match wrong {
        Some((error, problems)) => (Some(error), problems),
        None => (None, Vec::new()),
    };
    match (awaited.kind, &awaited.offered) {
        (ChallengeKind::SecondFactor, Some(offered)) => {
            let page = FactorPage::new(visit, offered, way, problems);
            shown(visit, error, &page)
        }
        (ChallengeKind::VerifyEmail, _) => {
            let page = ProofPage::new(visit, awaited.destination.as_ref(), problems);
            shown(visit, error, &page)
        }
        (ChallengeKind::ChangePassword, _) => {
            let page = NewPasswordPage::new(visit, problems);
            shown(visit, error, &page)
        }
        // Our policy asks for neither of these.
        (
            ChallengeKind::VerifyPhone | ChallengeKind::SetUpFactor | ChallengeKind::SecondFactor,
            _,
        ) => StartPage::after(visit, &FactorFailure::NotAskable.into()),
    }
}

fn shown(
    visit: &Visit,
    error: Option<&Error>,
    page: &impl askama::Template,
) -> Result<Response, Refusal> {
    match error {
        Some(error) => visit.frame.show_error(error, page),
        None => visit.frame.show(page),
    }
}

/// The page once more, after an answer that `error` refused: or the first one, if the
/// sign-in waits no longer.
pub(super) async fn again(
    postern: &Postern,
    visit: &Visit,
    way: Option<Way>,
    error: &Error,
    problems: Vec<String>,
) -> Result<Response, Refusal> {
    let Some(id) = visit.step.waiting else {
        return visit.begins_again(postern);
    };
    match postern.awaited_answer(&visit.meta, id).await {
        Ok(awaited) => show(visit, &awaited, way, Some((error, problems))),
        // What ended it says more than that it has ended.
        Err(Error::Challenge(_)) => StartPage::after(visit, error),
        Err(error) => StartPage::after(visit, &error),
    }
}
