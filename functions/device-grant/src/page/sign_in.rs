//! Signing in on the page: `POST /device/email`, then `/device/code`, and
//! `/device/factor` where the account has a second one.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::factors::FactorFailure;
use domain::limit::{Exceeded, Quota};
use domain::{EmailAddress, Error};
use edge::{Meta, Refusal};
use flows::{Entered, Postern};
use uuid::Uuid;

use super::form::Form;
use edge::page::sentence;
use edge::page::{Frame, onward};

/// Where the person types their address.
#[derive(Template)]
#[template(path = "email.html")]
pub(crate) struct EmailPage<'a> {
    frame: &'a Frame,
    link: &'a str,
    email: &'a str,
    problem: Option<String>,
}

impl<'a> EmailPage<'a> {
    pub(crate) fn new(
        frame: &'a Frame,
        link: &'a str,
        email: &'a str,
        problem: Option<String>,
    ) -> Self {
        Self {
            frame,
            link,
            email,
            problem,
        }
    }
}

impl EmailPage<'_> {
    fn by_password(&self) -> String {
        address(self.link, true)
    }
}

/// Where the person types the code from the letter.
#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    frame: &'a Frame,
    link: &'a str,
    email: &'a str,
    problem: Option<String>,
}

/// Where the person types the code of their authenticator.
#[derive(Template)]
#[template(path = "factor.html")]
struct FactorPage<'a> {
    frame: &'a Frame,
    link: &'a str,
    challenge: String,
    problem: Option<String>,
}

/// Where the first factor of a sign-in leads.
pub(super) fn entered(frame: &Frame, link: &str, entered: Entered) -> Result<Response, Refusal> {
    match entered {
        Entered::Cookie(cookie) => onward(&address(link, false), &cookie),
        Entered::SecondFactor(challenge) => frame.show(&FactorPage {
            frame,
            link,
            challenge: challenge.to_string(),
            problem: None,
        }),
    }
}

/// Send a code to the address that was typed.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on
/// the page.
#[utoipa::path(
    post, path = "/device/email", operation_id = "device_email", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "Where to type the code"),
        (status = 400, content_type = "text/html", body = String, description = "Not an address"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn email(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    form: Form,
) -> Result<Response, Refusal> {
    let frame = Frame::new(&postern, &meta, &form.browser);
    let (link, typed) = (form.typed.user_code.as_str(), form.typed.email.as_str());
    let Some(address) = EmailAddress::parse(typed) else {
        let problem = Some(frame.say.problem.no_address.to_owned());
        let error = Error::Invalid(Vec::new());
        return frame.show_error(&error, &EmailPage::new(&frame, link, typed, problem));
    };
    let page = |problem| CodePage {
        frame: &frame,
        link,
        email: address.as_str(),
        problem,
    };
    match postern
        .request_code(&meta, &address.clone().into(), "")
        .await
    {
        Ok(()) => frame.show(&page(None)),
        Err(Error::TooMany(Exceeded {
            quota: Quota::Cooldown,
            retry_after,
        })) => {
            let wait = frame.say.span(retry_after);
            frame.show(&page(Some((frame.say.problem.sent_already)(&wait))))
        }
        Err(error) => frame.show_error(
            &error,
            &EmailPage::new(&frame, link, typed, Some(sentence(frame.say, &error))),
        ),
    }
}

/// Sign in with the code from the letter. The browser gets a new cookie.
///
/// # Errors
/// As [`email()`].
#[utoipa::path(
    post, path = "/device/code", operation_id = "device_code", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "Where to show the second factor"),
        (status = 303, description = "To the page, signed in"),
        (status = 400, content_type = "text/html", body = String, description = "Not the code"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn code(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    form: Form,
) -> Result<Response, Refusal> {
    let frame = Frame::new(&postern, &meta, &form.browser);
    let (link, typed) = (form.typed.user_code.as_str(), form.typed.email.as_str());
    let signed_in = match EmailAddress::parse(typed) {
        Some(address) => {
            let code = &form.typed.code;
            postern.sign_in_browser(&meta, &address, code).await
        }
        None => Err(Error::WrongCode),
    };
    match signed_in {
        Ok(so_far) => entered(&frame, link, so_far),
        Err(error) => {
            let page = CodePage {
                frame: &frame,
                link,
                email: typed,
                problem: Some(sentence(frame.say, &error)),
            };
            frame.show_error(&error, &page)
        }
    }
}

/// Complete the sign-in with an authenticator's code or a backup code.
///
/// # Errors
/// As [`email()`].
#[utoipa::path(
    post, path = "/device/factor", operation_id = "device_factor", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To the page, signed in"),
        (status = 400, content_type = "text/html", body = String, description = "Not the code, or no such sign-in"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn factor(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    form: Form,
) -> Result<Response, Refusal> {
    let frame = Frame::new(&postern, &meta, &form.browser);
    let link = form.typed.user_code.as_str();
    // What is no UUID names no sign-in either.
    let challenge = Uuid::parse_str(&form.typed.challenge).unwrap_or_default();
    let code = form.typed.code.as_str();
    let signed_in = postern.sign_in_browser_with_factor(&meta, challenge, code);
    match signed_in.await {
        Ok(cookie) => onward(&address(link, false), &cookie),
        Err(error @ Error::SecondFactor(FactorFailure::WrongCode { .. })) => frame.show_error(
            &error,
            &FactorPage {
                frame: &frame,
                link,
                challenge: challenge.to_string(),
                problem: Some(sentence(frame.say, &error)),
            },
        ),
        Err(error) => frame.show_error(
            &error,
            &EmailPage::new(&frame, link, "", Some(sentence(frame.say, &error))),
        ),
    }
}

/// The page again, with the code that the link brought; `by_password` where a
/// password is asked for.
pub(super) fn address(link: &str, by_password: bool) -> String {
    let code = domain::device_grant::UserCode::parse(link).map(|code| format!("user_code={code}"));
    let by = by_password.then(|| "by=password".to_owned());
    let query: Vec<String> = by.into_iter().chain(code).collect();
    if query.is_empty() {
        "/device".to_owned()
    } else {
        format!("/device?{}", query.join("&"))
    }
}
