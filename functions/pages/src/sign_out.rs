//! `/sign-out`: the end of the browser's session.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use edge::Refusal;
use edge::page::{Frame, onward};
use flows::Postern;

use crate::visit::{Form, Visit};

/// Whether to sign out, or that it is done.
#[derive(Template)]
#[template(path = "sign_out.html")]
struct SignOutPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    is_done: bool,
}

/// Whoever is signed in is asked whether to sign out: no link does that by itself. The
/// others read that they are signed out.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/sign-out", operation_id = "sign_out_page", tags = ["page"], security(()),
    responses((status = 200, content_type = "text/html", body = String, description = "The page"))
)]
pub async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let is_done = visit.browser.signed.is_none();
    let mut visit = visit;
    // The page itself asks; what stands under the others need not ask once more.
    visit.frame.address = None;
    visit.frame.show(&SignOutPage {
        frame: &visit.frame,
        at: &visit.at,
        is_done,
    })
}

/// Sign the browser out; and have another person sign in, where a page waits for one.
///
/// # Errors
/// A form that was not shown to this browser.
#[utoipa::path(
    post, path = "/sign-out", operation_id = "sign_out", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To the page, signed out"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Form { visit, .. }: Form,
) -> Result<Response, Refusal> {
    postern.close_browser(&visit.browser.cookie.value).await?;
    let cookie = postern.fresh_cookie();
    if visit.step.next.is_none() {
        return onward("/sign-out", &cookie);
    }
    let at = postern.seal_step(&cookie, &visit.step)?;
    onward(&format!("/sign-in?at={at}"), &cookie)
}
