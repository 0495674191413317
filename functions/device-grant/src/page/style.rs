//! `GET /device/style.css`: how the page looks.

use axum::http::{HeaderName, HeaderValue, header};

const STYLE: &str = include_str!("../../templates/device.css");

/// The page's style, the same for everybody until the next deployment.
#[utoipa::path(
    get, path = "/device/style.css", operation_id = "device_style", tags = ["page"], security(()),
    responses((status = 200, content_type = "text/css", body = String, description = "The style"))
)]
pub async fn handle() -> ([(HeaderName, HeaderValue); 2], &'static str) {
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
    (headers, STYLE)
}
