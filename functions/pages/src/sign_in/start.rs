//! `/sign-in`: who signs in.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::username::LoginName;
use domain::{Error, Problem, ProblemKind};
use edge::Refusal;
use edge::page::{Frame, Reason, see_other, sentence};
use flows::{PageStep, Postern};

use crate::visit::{Form, Visit};

/// Where the person types their name.
#[derive(Template)]
#[template(path = "start.html")]
pub(crate) struct StartPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    name: &'a str,
    is_for_device: bool,
    problem: Option<String>,
    notice: Option<&'static str>,
}

impl<'a> StartPage<'a> {
    pub(crate) fn new(visit: &'a Visit) -> Self {
        let next = visit
            .step
            .next
            .as_ref()
            .map(domain::next_page::NextPage::as_str);
        Self {
            frame: &visit.frame,
            at: &visit.at,
            name: &visit.step.name,
            is_for_device: next.is_some_and(|next| next.starts_with("/device")),
            problem: None,
            notice: None,
        }
    }

    /// The page for a sign-in that cannot go on.
    ///
    /// # Errors
    /// What a person can do nothing about.
    pub(crate) fn after(visit: &'a Visit, error: &Error) -> Result<Response, Refusal> {
        if matches!(error, Error::Unavailable(_) | Error::Internal(_)) {
            return Err(error.clone().into());
        }
        let page = Self {
            problem: Some(sentence(visit.frame.say, error)),
            ..Self::new(visit)
        };
        visit.frame.show_error(error, &page)
    }
}

/// Where somebody who is signed in, and is wanted nowhere, reads that.
#[derive(Template)]
#[template(path = "signed_in.html")]
struct SignedInPage<'a> {
    frame: &'a Frame,
}

/// The first page. A browser that is signed in goes on to where the sign-in leads, unless
/// it has to sign in anew.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/sign-in", operation_id = "sign_in_page", tags = ["page"], security(()),
    params(
        ("continue" = Option<String>, Query, description = "The page of ours that follows, such as `/device?user_code=WDJB-MJHT`; others are ignored"),
        ("login_hint" = Option<String>, Query, description = "An address, a number or a username to begin with"),
        ("ui_locales" = Option<String>, Query, description = "Languages, the best first (BCP 47)"),
        ("prompt" = Option<String>, Query, description = "`login`, to sign in anew"),
        ("reason" = Option<String>, Query, description = "What to tell: `expired`, `code_alone` or `password_replaced`"),
        ("at" = Option<String>, Query, description = "How far the browser is, from another page"),
    ),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "Where to type a name, or that the browser is signed in"),
        (status = 303, description = "To the page that follows: the browser is signed in"),
    )
)]
pub async fn handle(visit: Visit) -> Result<Response, Refusal> {
    let anew = visit
        .asked
        .prompt
        .split(' ')
        .any(|prompt| prompt == "login");
    if visit.browser.signed.is_some() && !anew {
        return match &visit.step.next {
            Some(next) => see_other(next.as_str()),
            None => visit.frame.show(&SignedInPage {
                frame: &visit.frame,
            }),
        };
    }
    let problem = &visit.frame.say.problem;
    let notice = Reason::named(&visit.asked.reason).map(|reason| match reason {
        Reason::Expired => problem.signed_out,
        Reason::CodeAlone => problem.code_alone,
        Reason::PasswordReplaced => problem.password_replaced,
    });
    let page = StartPage {
        notice,
        ..StartPage::new(&visit)
    };
    visit.frame.show(&page)
}

/// Say who signs in. Whether anybody is called that is not looked up.
///
/// # Errors
/// A form that was not shown to this browser.
#[utoipa::path(
    post, path = "/sign-in", operation_id = "sign_in_name", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To what signs in"),
        (status = 400, content_type = "text/html", body = String, description = "No name"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
    )
)]
pub async fn name(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    if LoginName::identifier(&typed.name) == LoginName::Nobody {
        let error = Error::Invalid(vec![Problem::of("name", ProblemKind::Required)]);
        let page = StartPage {
            name: &typed.name,
            problem: Some(visit.frame.say.problem.no_name.to_owned()),
            ..StartPage::new(&visit)
        };
        return visit.frame.show_error(&error, &page);
    }
    let step = PageStep {
        name: typed.name,
        ..visit.step.clone()
    };
    visit.goes_to(&postern, "/sign-in/with", &step)
}
