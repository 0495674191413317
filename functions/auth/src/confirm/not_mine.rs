//! `POST /auth/confirm/not-mine`: another person made the account with one's address.

use axum::extract::State;
use axum::response::Response;
use edge::page::Frame;
use edge::{Meta, Refusal};
use flows::Postern;

use super::form::Form;
use super::{SettledPage, not_open};

/// Take the account over from whoever made it: what was set up before ends, and the
/// reader of its letters signs in by a code.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/auth/confirm/not-mine", operation_id = "confirm_not_mine", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The account is the reader's"),
        (status = 400, content_type = "text/html", body = String, description = "Unknown, used or expired"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many from one network"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    form: Form,
) -> Result<Response, Refusal> {
    match postern.disown_setup(&meta, &form.typed.letter).await {
        Ok(asked) => {
            let frame = Frame::signed_out(&postern, &meta, &form.cookie, Some(&asked.user));
            frame.show(&SettledPage {
                frame: &frame,
                address: asked.address.as_str(),
                kept: false,
            })
        }
        Err(error) => not_open(&postern, &meta, &form.cookie, error),
    }
}
