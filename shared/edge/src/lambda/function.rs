//! From a family's routes to the service that a Lambda runs.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse as _, Response};
use domain::Error;
use tower::ServiceExt as _;

use crate::dialect::{Dialect, rendered};
use crate::lambda::log;
use crate::slashes;

/// A family's routes as one service: paths in one form, unknown ones refused in
/// the family's `dialect`, one log line a request.
pub fn function<S>(routes: Router<S>, dialect: &'static dyn Dialect, state: S) -> Router
where
    S: Clone + Send + Sync + 'static,
{
    let router = routes
        .fallback(move |method: Method| async move {
            // A preflight request succeeds, so that a browser learns of the 404 from the request itself.
            match method {
                Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
                _ => rendered(dialect, &Error::Missing),
            }
        })
        .layer(map_response(uncached))
        .layer(from_fn(log::log))
        .with_state(state);
    // Routing happens inside, on the path as the layer outside has left it.
    Router::new().fallback_service(tower::service_fn(move |request: Request| {
        let router = router.clone();
        async move {
            let response: Result<Response, Infallible> =
                router.oneshot(slashes::normalised(request)).await;
            response
        }
    }))
}

/// Answers hold tokens and people: nothing on the way may keep one (RFC 9111
/// §5.2.2.5), unless the operation itself says for how long.
async fn uncached(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
