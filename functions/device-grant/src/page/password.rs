//! Signing in on the page by password: `POST /device/password`, the same sign-in
//! as at `/auth/login`, with the same budgets.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::username::LoginName;
use domain::{Error, Problem, ProblemKind};
use edge::{Meta, Refusal};
use flows::Postern;

use super::form::Form;
use super::sign_in::{address, entered};
use edge::page::Frame;
use edge::page::sentence;

/// Where the person types their name and password.
#[derive(Template)]
#[template(path = "password.html")]
pub(crate) struct PasswordPage<'a> {
    frame: &'a Frame,
    link: &'a str,
    name: &'a str,
    problem: Option<String>,
}

impl<'a> PasswordPage<'a> {
    pub(crate) fn new(frame: &'a Frame, link: &'a str) -> Self {
        Self {
            frame,
            link,
            name: "",
            problem: None,
        }
    }

    fn by_code(&self) -> String {
        address(self.link, false)
    }
}

/// Sign in by address or username. Unknown names and wrong passwords look the
/// same. The browser gets a new cookie.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on
/// the page.
#[utoipa::path(
    post, path = "/device/password", operation_id = "device_password", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "Where to show the second factor"),
        (status = 303, description = "To the page, signed in"),
        (status = 400, content_type = "text/html", body = String, description = "Wrong, unknown or locked"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many from one network, or too many wrong ones"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    form: Form,
) -> Result<Response, Refusal> {
    let frame = Frame::new(&postern, &meta, &form.browser);
    let (link, name) = (form.typed.user_code.as_str(), form.typed.name.as_str());
    let signed_in = match &form.typed.password {
        Some(password) if !name.is_empty() => {
            let name = LoginName::typed(name);
            postern
                .sign_in_browser_by_password(&meta, &name, password)
                .await
        }
        _ => Err(Error::Invalid(vec![Problem::of(
            "password",
            ProblemKind::Required,
        )])),
    };
    match signed_in {
        Ok(so_far) => entered(&frame, link, so_far),
        Err(error) => {
            let problem = match &error {
                Error::WrongCode => frame.say.problem.wrong_password.to_owned(),
                Error::Invalid(_) => frame.say.problem.no_name.to_owned(),
                error => sentence(frame.say, error),
            };
            let page = PasswordPage {
                name,
                problem: Some(problem),
                ..PasswordPage::new(&frame, link)
            };
            frame.show_error(&error, &page)
        }
    }
}
