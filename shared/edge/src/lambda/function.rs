//! From a family's routes to the service that a Lambda runs.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use domain::Error;
use tower::ServiceExt as _;

use crate::cors::{AllowOrigin, cors};
use crate::dialect::{Dialect, rendered};
use crate::lambda::log;
use crate::slashes;

/// A family's routes as one service: paths in one form, unknown ones refused in
/// the family's `dialect`, CORS on every answer, one log line a request.
pub fn function<S>(routes: Router<S>, dialect: &'static dyn Dialect, state: S) -> Router
where
    S: AllowOrigin,
{
    let router = routes
        .fallback(async move || rendered(dialect, &Error::Missing))
        // Around the fallback as around every route: a preflight request needs none.
        .layer(from_fn_with_state(state.clone(), cors::<S>))
        .layer(map_response(uncached))
        .layer(from_fn(log::log_request))
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
