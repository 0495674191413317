//! `/password`: the way back to a forgotten password.
//!
//! Whoever types an address gets a letter with a link; whoever types a username or a number,
//! a code at what its account has proven. Known and unknown names look the same.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::password::reset::PAGES;
use domain::username::LoginName;
use domain::{Error, Problem, ProblemKind};
use edge::Refusal;
use edge::page::{Frame, Reason, sentence, sign_in};
use flows::{PageStep, Postern, ResetCodeOf};

use crate::sign_in::code::no_code;
use crate::sign_in::new_password::{no_password, unfit};
use crate::visit::{Form, Visit};

/// Where the person says who they are.
#[derive(Template)]
#[template(path = "forgotten.html")]
struct ForgottenPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    name: &'a str,
    problem: Option<String>,
}

/// What was sent; and where to type it, if that is a code.
#[derive(Template)]
#[template(path = "forgotten_sent.html")]
struct SentPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    name: &'a str,
    by_link: bool,
    /// About the code.
    problem: Option<String>,
    /// About the password.
    problems: Vec<String>,
}

/// Where the reader of the letter chooses another password.
#[derive(Template)]
#[template(path = "replace_password.html")]
struct ReplacePage<'a> {
    frame: &'a Frame,
    letter: &'a str,
    problems: Vec<String>,
}

/// The page for a token that will not do. Unknown, used and late ones look the same.
#[derive(Template)]
#[template(path = "spent_link.html")]
struct SpentPage<'a> {
    frame: &'a Frame,
}

/// The page.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/password", operation_id = "password_page", tags = ["page"], security(()),
    params(("at" = Option<String>, Query, description = "How far the browser is, from another page")),
    responses((status = 200, content_type = "text/html", body = String, description = "Where to type a name"))
)]
pub async fn handle(visit: Visit) -> Result<Response, Refusal> {
    visit.frame.show(&ForgottenPage {
        frame: &visit.frame,
        at: &visit.at,
        name: &visit.step.name,
        problem: None,
    })
}

/// Send the letter or the code.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/password", operation_id = "password_request", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To the page that says what was sent: the same whether there is an account or not"),
        (status = 400, content_type = "text/html", body = String, description = "No name"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
        (status = 503, content_type = "text/html", body = String, description = "No letter can be sent"),
    )
)]
pub async fn request(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    let name = LoginName::identifier(&typed.name);
    let sent = match &name {
        LoginName::Email(address) => {
            postern
                .request_password_reset(&visit.meta, address, &PAGES)
                .await
        }
        LoginName::Nobody | LoginName::Vendor(_) => Err(Error::Invalid(vec![Problem::of(
            "name",
            ProblemKind::Required,
        )])),
        LoginName::Username(_) | LoginName::Phone(_) => {
            postern.request_reset_code(&visit.meta, &name, None).await
        }
    };
    match sent {
        Ok(()) => {
            let step = PageStep {
                name: typed.name,
                ..visit.step.clone()
            };
            visit.goes_to(&postern, "/password/sent", &step)
        }
        Err(error) => {
            let problem = match &error {
                Error::Invalid(_) => visit.frame.say.problem.no_name.to_owned(),
                error => sentence(visit.frame.say, error),
            };
            let page = ForgottenPage {
                frame: &visit.frame,
                at: &visit.at,
                name: &typed.name,
                problem: Some(problem),
            };
            visit.frame.show_error(&error, &page)
        }
    }
}

fn sent_page(visit: &Visit) -> SentPage<'_> {
    let name = LoginName::identifier(&visit.step.name);
    SentPage {
        frame: &visit.frame,
        at: &visit.at,
        name: &visit.step.name,
        by_link: matches!(name, LoginName::Email(_)),
        problem: None,
        problems: Vec::new(),
    }
}

/// What was sent, and where to type it.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/password/sent", operation_id = "password_sent", tags = ["page"], security(()),
    params(("at" = Option<String>, Query, description = "How far the browser is")),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The page"),
        (status = 303, description = "To the first page: no name was typed"),
    )
)]
pub async fn sent(State(postern): State<Postern>, visit: Visit) -> Result<Response, Refusal> {
    if visit.step.name.is_empty() {
        return visit.goes_to(&postern, "/password", &visit.step);
    }
    visit.frame.show(&sent_page(&visit))
}

/// Choose another password with the code that was sent.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/password/code", operation_id = "password_code", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To the sign-in, with the other password"),
        (status = 400, content_type = "text/html", body = String, description = "Not the code, or a password that will not do"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn code(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    if visit.step.name.is_empty() {
        return visit.goes_to(&postern, "/password", &visit.step);
    }
    let name = LoginName::identifier(&visit.step.name);
    let page = sent_page(&visit);
    let say = visit.frame.say;
    // Both fields at once: what is missing needs no look at the table.
    let (no_code, no_password) = (
        typed.code.is_empty().then(no_code),
        typed.password.is_none().then(no_password),
    );
    if let Some(error) = no_code.as_ref().or(no_password.as_ref()) {
        let page = SentPage {
            problem: no_code.as_ref().map(|_| say.problem.no_code.to_owned()),
            problems: no_password
                .iter()
                .flat_map(|error| unfit(&visit, error))
                .collect(),
            ..page
        };
        return visit.frame.show_error(error, &page);
    }
    let Some(password) = &typed.password else {
        return visit.begins_again(&postern);
    };
    let of = ResetCodeOf::Name(name);
    let replaced = postern.confirm_reset_code(&visit.meta, &of, &typed.code, password);
    match replaced.await {
        Ok(()) => sign_in(visit.step.next.as_ref(), Some(Reason::PasswordReplaced)),
        Err(error) => {
            let page = match &error {
                Error::Invalid(_) => SentPage {
                    problems: unfit(&visit, &error),
                    ..page
                },
                Error::ResetCode(_) => SentPage {
                    problem: Some(say.problem.wrong_code.to_owned()),
                    ..page
                },
                error => SentPage {
                    problem: Some(sentence(say, error)),
                    ..page
                },
            };
            visit.frame.show_error(&error, &page)
        }
    }
}

/// The page that the letter links. Opening it changes nothing.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/password/new", operation_id = "password_link", tags = ["page"], security(()),
    params(("token" = Option<String>, Query, description = "The letter's token")),
    responses((status = 200, content_type = "text/html", body = String, description = "Where to choose another password"))
)]
pub async fn link(visit: Visit) -> Result<Response, Refusal> {
    visit.frame.show(&ReplacePage {
        frame: &visit.frame,
        letter: &visit.asked.token,
        problems: Vec::new(),
    })
}

/// Choose another password with the letter's token.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/password/new", operation_id = "password_replace", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To the sign-in, with the other password"),
        (status = 400, content_type = "text/html", body = String, description = "A token or a password that will not do"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn replace(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    let replaced = match &typed.password {
        Some(password) => {
            postern
                .reset_password(&visit.meta, &PAGES, &typed.letter, "password", password)
                .await
        }
        None => Err(no_password()),
    };
    match replaced {
        Ok(()) => sign_in(None, Some(Reason::PasswordReplaced)),
        Err(Error::InvalidToken) => visit.frame.show_error(
            &Error::InvalidToken,
            &SpentPage {
                frame: &visit.frame,
            },
        ),
        Err(error) => {
            let page = ReplacePage {
                frame: &visit.frame,
                letter: &typed.letter,
                problems: unfit(&visit, &error),
            };
            visit.frame.show_error(&error, &page)
        }
    }
}
