//! The contracts' styles of saying no.
//!
//! A dialect turns every [`domain::Error`] into a response, and knows what its contract
//! calls each problem. Each route has its dialect as a layer: every refusal that leaves
//! the route, from an argument, a flow or axum itself, is rendered there and nowhere
//! else.

pub mod auth_service;
pub mod bearer;
pub mod drf;
pub mod fastapi;
pub mod nest;
mod oauth_errors;
mod social;
pub mod token_endpoint;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use domain::Error;

use crate::Refusal;
use crate::routes::Routes;

/// A style of rendering errors.
pub trait Dialect: Sync {
    /// The response that says `error` in this style.
    fn render(&self, error: &Error) -> Response;

    /// How bodies are read where it is spoken.
    fn reading(&self) -> Reading {
        Reading::Lenient
    }
}

/// What counts as text in a JSON body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Text, and numbers as their digits, as Django REST Framework has it for clients
    /// in loosely typed languages.
    #[default]
    Lenient,
    /// Text and nothing else, as Pydantic has it.
    Strict,
    /// The same, and no switch but a boolean, nor a body but an object, as Nest's validator
    /// has it.
    Exact,
}

/// `routes`, with each of their refusals rendered by `dialect`.
pub fn with_dialect<S, R>(dialect: &'static dyn Dialect, routes: R) -> R
where
    S: Clone + Send + Sync + 'static,
    R: Routes<S>,
{
    routes.within(|router| {
        router.layer(from_fn(move |request: Request, next: Next| async move {
            word(dialect, request, next).await
        }))
    })
}

/// The answer to `request`, rendered by `dialect` if it is a refusal: for routes that
/// choose their dialect by the request. All others use [`with_dialect`].
pub async fn word(dialect: &'static dyn Dialect, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(dialect.reading());
    let method = request.method().to_string();
    let response = next.run(request).await;
    if let Some(Refusal(error)) = response.extensions().get::<Refusal>() {
        let mut refused = rendered(dialect, error);
        // What a handler takes away from a browser together with the refusal.
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            refused
                .headers_mut()
                .append(header::SET_COOKIE, cookie.clone());
        }
        return refused;
    }
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    // axum knows which methods a route takes; the dialect renders the refusal. OPTIONS
    // asks for just that list (RFC 9110 §9.3.7), so it is not refused. Preflight requests
    // do not come here: `cors` has answered them.
    let mut refused = match method.as_str() {
        "OPTIONS" => StatusCode::NO_CONTENT.into_response(),
        _ => rendered(dialect, &Error::MethodNotAllowed { method }),
    };
    if let Some(allow) = response.headers().get(header::ALLOW) {
        refused.headers_mut().insert(header::ALLOW, allow.clone());
    }
    refused
}

/// The dialect's response, in which the log still finds the error.
pub(crate) fn rendered(dialect: &dyn Dialect, error: &Error) -> Response {
    let mut response = dialect.render(error);
    response.extensions_mut().insert(Refusal(error.clone()));
    response
}

/// A JSON answer with a status.
pub(crate) fn json(status: StatusCode, body: serde_json::Value) -> Response {
    (status, axum::Json(body)).into_response()
}

/// `response` with the seconds after which trying again can help.
#[must_use]
pub fn retry_after(mut response: Response, seconds: u64) -> Response {
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
