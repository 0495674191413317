//! `/sign-up`: an account, which comes with the first proof of its address.
//!
//! The code is the sign-in's own, so the answer tells nobody whether there is an account:
//! whoever has one is signed in by it. A password is chosen after that, if at all. One that
//! was chosen before would be the password of whoever typed the address.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{EmailAddress, Error, Problem, ProblemKind};
use edge::Refusal;
use edge::page::{Frame, Reason, see_other, sign_in};
use flows::{FreshSession, PageStep, Postern};

use crate::sign_in::code::CodePage;
use crate::sign_in::new_password::{no_password, unfit};
use crate::sign_in::with::not_sent;
use crate::visit::{Form, Visit};

/// Where the person types their address.
#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    name: &'a str,
    problem: Option<String>,
}

impl<'a> SignUpPage<'a> {
    fn new(visit: &'a Visit) -> Self {
        let is_address = EmailAddress::parse(&visit.step.name).is_some();
        Self {
            frame: &visit.frame,
            at: &visit.at,
            name: if is_address { &visit.step.name } else { "" },
            problem: None,
        }
    }
}

/// Where the person may choose a password.
#[derive(Template)]
#[template(path = "first_password.html")]
struct FirstPasswordPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    name: &'a str,
    leads_to: &'a str,
    problems: Vec<String>,
}

impl<'a> FirstPasswordPage<'a> {
    fn new(visit: &'a Visit, problems: Vec<String>) -> Self {
        Self {
            frame: &visit.frame,
            at: &visit.at,
            name: visit.frame.address.as_deref().unwrap_or_default(),
            leads_to: visit.leads_to(),
            problems,
        }
    }
}

/// The page.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/sign-up", operation_id = "sign_up_page", tags = ["page"], security(()),
    params(
        ("continue" = Option<String>, Query, description = "The page of ours that follows; others are ignored"),
        ("login_hint" = Option<String>, Query, description = "An address to begin with"),
        ("ui_locales" = Option<String>, Query, description = "Languages, the best first (BCP 47)"),
        ("at" = Option<String>, Query, description = "How far the browser is, from another page"),
    ),
    responses((status = 200, content_type = "text/html", body = String, description = "The page"))
)]
pub async fn handle(visit: Visit) -> Result<Response, Refusal> {
    visit.frame.show(&SignUpPage::new(&visit))
}

/// Send a code to the address that was typed.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/sign-up", operation_id = "sign_up_send", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "Where to type the code that was sent a moment ago"),
        (status = 303, description = "To where to type the code"),
        (status = 400, content_type = "text/html", body = String, description = "Not an address"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn send(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    let Some(address) = EmailAddress::parse(&typed.name) else {
        let error = Error::Invalid(vec![Problem::of("name", ProblemKind::NotAnEmail)]);
        let page = SignUpPage {
            name: &typed.name,
            problem: Some(visit.frame.say.problem.no_address.to_owned()),
            ..SignUpPage::new(&visit)
        };
        return visit.frame.show_error(&error, &page);
    };
    let step = PageStep {
        name: address.as_str().to_owned(),
        signs_up: true,
        ..visit.step.clone()
    };
    let contact = address.into();
    let Err(error) = postern.request_code(&visit.meta, &contact, "").await else {
        return visit.goes_to(&postern, "/sign-in/code", &step);
    };
    let visit = visit.at_step(&postern, step)?;
    if let Some(page) = CodePage::sent_already(&visit, &contact, &error) {
        return visit.frame.show(&page);
    }
    let page = SignUpPage {
        problem: Some(not_sent(&visit, &error)),
        ..SignUpPage::new(&visit)
    };
    visit.frame.show_error(&error, &page)
}

/// Where to choose a password, right after the first sign-in.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/sign-up/password", operation_id = "sign_up_password_page", tags = ["page"], security(()),
    params(("at" = Option<String>, Query, description = "How far the browser is")),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The page"),
        (status = 303, description = "To where the sign-in leads: nobody is signed in, or there is a password"),
    )
)]
pub async fn offer(visit: Visit) -> Result<Response, Refusal> {
    let signed = visit.browser.signed.as_ref();
    if signed.is_none_or(|signed| signed.user.has_password()) {
        return see_other(visit.leads_to());
    }
    visit
        .frame
        .show(&FirstPasswordPage::new(&visit, Vec::new()))
}

/// Give the account its first password.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/sign-up/password", operation_id = "sign_up_password", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To where the sign-in leads"),
        (status = 400, content_type = "text/html", body = String, description = "A password that will not do"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's, or not signed in any more"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn choose(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    let Some(signed) = visit.browser.signed.clone() else {
        return visit.begins_again(&postern);
    };
    let chosen = match (FreshSession::of(signed, visit.meta.now), &typed.password) {
        (Err(error), _) => Err(error),
        (_, None) => Err(no_password()),
        (Ok(fresh), Some(password)) => {
            postern
                .set_first_password(&visit.meta, &fresh, password)
                .await
        }
    };
    match chosen {
        // It has one by now.
        Ok(()) | Err(Error::Conflict) => see_other(visit.leads_to()),
        Err(Error::StaleSignIn) => sign_in(visit.step.next.as_ref(), Some(Reason::Expired)),
        Err(error) => {
            let page = FirstPasswordPage::new(&visit, unfit(&visit, &error));
            visit.frame.show_error(&error, &page)
        }
    }
}
