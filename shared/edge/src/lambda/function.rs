//! From a family's routes to the service that a Lambda runs.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
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
        .layer(from_fn(secured))
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

/// Has browsers come back by TLS alone (RFC 6797): two years, and this host only, since its
/// siblings are not ours to promise for. Said where it was asked by TLS (§7.2), as API
/// Gateway writes over what clients claim; a laptop's `http` gets no such promise.
async fn secured(request: Request, next: Next) -> Response {
    let scheme = request.headers().get("x-forwarded-proto");
    let by_tls = scheme.is_some_and(|scheme| scheme == "https");
    let mut response = next.run(request).await;
    if by_tls {
        response.headers_mut().insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000"),
        );
    }
    response
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use flows::settings::AllowedOrigins;

    use super::*;
    use crate::dialect::fastapi::FastApi;

    #[tokio::test]
    async fn only_who_asked_by_tls_is_told_to_come_back_by_it() {
        let issuer = |name: &str| (name == "POSTERN_ISSUER").then(|| "https://a.example".into());
        let origins = AllowedOrigins::from_vars(issuer).unwrap();
        let router = function(Router::new(), &FastApi, origins);
        for (scheme, told) in [("https", true), ("http", false)] {
            let request = Request::builder().header("x-forwarded-proto", scheme);
            let request = request.body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            let header = answer.headers().get(header::STRICT_TRANSPORT_SECURITY);
            assert_eq!(header.is_some(), told, "{scheme}");
        }
    }
}
