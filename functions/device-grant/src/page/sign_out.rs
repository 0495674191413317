//! `POST /device/sign-out`: sign the browser out, for another person to use.

use axum::extract::State;
use axum::response::Response;
use edge::Refusal;
use flows::Postern;

use super::form::Form;
use edge::page::onward;

/// Sign the browser out, and begin again.
///
/// # Errors
/// A form that was not shown to this browser.
#[utoipa::path(
    post, path = "/device/sign-out", operation_id = "device_sign_out", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To the page"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
    )
)]
pub async fn handle(State(postern): State<Postern>, form: Form) -> Result<Response, Refusal> {
    postern.close_browser(&form.browser.cookie.value).await?;
    onward("/device", &postern.fresh_cookie())
}
