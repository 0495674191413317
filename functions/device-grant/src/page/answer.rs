//! Naming a device and answering it: `POST /device/check`, `/approve`, `/deny`.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::Error;
use domain::next_page::NextPage;
use edge::page::{Frame, Reason, sentence, sign_in};
use edge::{Meta, Refusal};
use flows::{Asking, Postern, ProvenSession, Signed};

use super::form::Form;

/// Where the person types the code that their device shows.
#[derive(Template)]
#[template(path = "enter.html")]
pub(crate) struct EnterPage<'a> {
    frame: &'a Frame,
    typed: &'a str,
    problem: Option<String>,
}

impl<'a> EnterPage<'a> {
    pub(crate) fn new(frame: &'a Frame, typed: &'a str, problem: Option<String>) -> Self {
        Self {
            frame,
            typed,
            problem,
        }
    }
}

/// Where the person says yes or no.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage<'a> {
    frame: &'a Frame,
    asking: &'a Asking,
    /// Whether the code came in the link: then it is typed before a yes.
    by_link: bool,
    problem: Option<String>,
}

impl<'a> ConfirmPage<'a> {
    /// For a code that came in a link.
    pub(crate) fn of_link(frame: &'a Frame, asking: &'a Asking, problem: Option<String>) -> Self {
        Self {
            frame,
            asking,
            by_link: true,
            problem,
        }
    }

    fn age(&self) -> String {
        let say = self.frame.say;
        (say.confirm.ago)(&say.span(self.asking.age))
    }
}

/// What became of it.
#[derive(Template)]
#[template(path = "done.html")]
struct DonePage<'a> {
    frame: &'a Frame,
    approved: bool,
}

/// What asks under the code that was typed.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on
/// the page.
#[utoipa::path(
    post, path = "/device/check", operation_id = "device_check", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "What asks"),
        (status = 400, content_type = "text/html", body = String, description = "No such code"),
        (status = 303, description = "To the sign-in: not signed in any more, or not well enough"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many wrong codes"),
    )
)]
pub async fn check(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    form: Form,
) -> Result<Response, Refusal> {
    let typed = form.typed.user_code.as_str();
    let Some(signed) = &form.browser.signed else {
        return sign_in_again(typed);
    };
    let next = NextPage::device(typed);
    let frame = Frame::new(&postern, &meta, &form.browser).leading_back_to(next);
    match postern.device_asking(&meta, signed, typed).await {
        Ok(asking) => frame.show(&ConfirmPage {
            frame: &frame,
            asking: &asking,
            by_link: false,
            problem: None,
        }),
        Err(error) => enter_again(&frame, typed, error),
    }
}

/// Let the device in.
///
/// # Errors
/// As [`check`].
#[utoipa::path(
    post, path = "/device/approve", operation_id = "device_approve", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "It is in"),
        (status = 400, content_type = "text/html", body = String, description = "Not the code that the device shows"),
        (status = 303, description = "To the sign-in: not signed in any more, or not well enough"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 409, content_type = "text/html", body = String, description = "Answered somewhere else"),
        (status = 429, content_type = "text/html", body = String, description = "Too many wrong codes"),
    )
)]
pub async fn approve(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    form: Form,
) -> Result<Response, Refusal> {
    let (typed, shown) = (form.typed.user_code.as_str(), form.typed.shown.as_str());
    let Some(signed) = &form.browser.signed else {
        return sign_in_again(shown);
    };
    let next = NextPage::device(shown);
    let frame = Frame::new(&postern, &meta, &form.browser).leading_back_to(next);
    let session = match ProvenSession::of_signed(signed.clone(), meta.now) {
        Ok(session) => session,
        Err(Error::StaleSignIn) => return sign_in_better(signed, shown),
        Err(error) => return enter_again(&frame, "", error),
    };
    match postern.approve_device(&meta, &session, typed, shown).await {
        Ok(_) => frame.show(&DonePage {
            frame: &frame,
            approved: true,
        }),
        Err(error) => enter_again(&frame, "", error),
    }
}

/// Refuse the device. Nobody has to type a code for that.
///
/// # Errors
/// As [`check`].
#[utoipa::path(
    post, path = "/device/deny", operation_id = "device_deny", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "It stays out"),
        (status = 400, content_type = "text/html", body = String, description = "No such request any more"),
        (status = 303, description = "To the sign-in: not signed in any more, or not well enough"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 409, content_type = "text/html", body = String, description = "Answered somewhere else"),
        (status = 429, content_type = "text/html", body = String, description = "Too many wrong codes"),
    )
)]
pub async fn deny(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    form: Form,
) -> Result<Response, Refusal> {
    let shown = form.typed.shown.as_str();
    let Some(signed) = &form.browser.signed else {
        return sign_in_again(shown);
    };
    let next = NextPage::device(shown);
    let frame = Frame::new(&postern, &meta, &form.browser).leading_back_to(next);
    let answered = postern.deny_device(&meta, signed, shown);
    match answered.await {
        Ok(_) => frame.show(&DonePage {
            frame: &frame,
            approved: false,
        }),
        Err(error) => enter_again(&frame, "", error),
    }
}

/// The field for the code once more, with what was wrong.
pub(crate) fn enter_again(frame: &Frame, typed: &str, error: Error) -> Result<Response, Refusal> {
    let problem = match &error {
        Error::WrongCode => frame.say.problem.no_device.to_owned(),
        // The person can do nothing about these here.
        Error::Unavailable(_) | Error::Internal(_) => return Err(error.into()),
        error => sentence(frame.say, error),
    };
    frame.show_error(&error, &EnterPage::new(frame, typed, Some(problem)))
}

/// The sign-in may not let a device in: it is too old by now, or a code by mail alone, which
/// is not enough for an account with rights.
fn sign_in_better(signed: &Signed, link: &str) -> Result<Response, Refusal> {
    if signed.role() == signed.user.role {
        return sign_in_again(link);
    }
    sign_in(Some(&NextPage::device(link)), Some(Reason::CodeAlone))
}

/// The sign-in has run out while the page was open.
fn sign_in_again(link: &str) -> Result<Response, Refusal> {
    sign_in(Some(&NextPage::device(link)), Some(Reason::Expired))
}
