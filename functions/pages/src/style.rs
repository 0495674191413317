//! `GET /style.css`: how all pages look.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use flows::Postern;

const STYLE: &str = include_str!("../templates/style.css");

/// The style of all pages, the same for everybody until the next deployment: the
/// installation's colour, and what is the same everywhere.
#[utoipa::path(
    get, path = "/style.css", operation_id = "style", tags = ["page"], security(()),
    responses((status = 200, content_type = "text/css", body = String, description = "The style"))
)]
pub async fn handle(State(postern): State<Postern>) -> ([(HeaderName, HeaderValue); 2], String) {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/css; charset=utf-8"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
    ];
    let accent = &postern.settings().pages.accent;
    let colour = format!(
        ":root {{ --accent: light-dark({}, {}); }}\n",
        accent.light, accent.dark
    );
    (headers, colour + STYLE)
}
