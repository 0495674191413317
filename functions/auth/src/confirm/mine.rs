//! `POST /auth/confirm/mine`: the account's password proves that its address is, too.

use axum::extract::State;
use axum::response::Response;
use domain::Error;
use edge::page::{Frame, sentence};
use edge::{Meta, Refusal};
use flows::{ByPassword, Postern};

use super::form::Form;
use super::{SettledPage, WhosePage, not_open};

/// Prove the address by the account's password, which keeps all that the account has. A
/// wrong one counts as at any sign-in.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/auth/confirm/mine", operation_id = "confirm_mine", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The address is proven"),
        (status = 400, content_type = "text/html", body = String, description = "Not the password; or the token is unknown, used or expired"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many from one network, or too many wrong ones"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    form: Form,
) -> Result<Response, Refusal> {
    let letter = form.typed.letter.as_str();
    let password = form.typed.password.as_ref();
    let (asked, error) = match postern.confirm_by_password(&meta, letter, password).await {
        Ok(ByPassword::Proven(asked)) => (asked, None),
        Ok(ByPassword::Refused(asked, error)) => (asked, Some(error)),
        Err(error) => return not_open(&postern, &meta, &form.cookie, error),
    };
    let frame = Frame::signed_out(&postern, &meta, &form.cookie, Some(&asked.user));
    let Some(error) = error else {
        return frame.show(&SettledPage {
            frame: &frame,
            address: asked.address.as_str(),
            kept: true,
        });
    };
    let problem = match &error {
        Error::WrongCode => frame.say.whose.wrong_password.to_owned(),
        Error::Invalid(_) => frame.say.whose.no_password.to_owned(),
        error => sentence(frame.say, error),
    };
    let page = WhosePage {
        problem: Some(problem),
        ..WhosePage::new(&frame, &asked, letter)
    };
    frame.show_error(&error, &page)
}
