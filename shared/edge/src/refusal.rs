//! A refusal on its way out: an error that no dialect has rendered yet.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Error;

/// What handlers return: an answer, or an error for the dialect to render.
pub type Reply<T> = Result<Json<T>, Refusal>;

/// An error inside a response. The route's dialect takes it out and renders it; without a
/// dialect it stays an empty 500, which a test would notice.
#[derive(Clone, Debug)]
pub struct Refusal(pub Error);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
