//! CORS (the Fetch standard): which pages may call us, and read what we answer.
//!
//! It is answered here and not by API Gateway, whose configuration is one short list for
//! the whole API and drops the headers that functions set. Every function answers it
//! for each of its paths, refusals included, because a page could not tell a refusal that
//! it may not read from a broken network.
//!
//! Credentials go along, so an answer names the one origin that asked, and `*` never.
//! Caches must then keep an answer apart for each origin: `Vary: Origin` stands on all of
//! them, also on those that name none.
//!
//! `tower-http` has a layer for this, which is not used: it puts its other headers on
//! answers to strangers, too, and takes every OPTIONS request for a preflight request.

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use flows::Postern;
use flows::settings::AllowedOrigins;

/// Methods of the contracts' operations. A page may use GET, HEAD and POST without asking.
const METHODS: HeaderValue = HeaderValue::from_static("GET,POST,PUT,PATCH,DELETE");

/// Headers that the contracts' clients send.
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization,content-type,accept,accept-language,x-api-key,x-timezone,x-client-time,\
     x-auth-retry,x-csrf-token,x-device-token,dpop",
);

/// What a script must be able to read to wait, to sign in again, or to turn a page, as it
/// should.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static("retry-after,www-authenticate,link");

/// Seconds for which a browser may remember the answer to a preflight request: two hours,
/// the most that Chromium keeps one.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Who knows the origins that may call: the state of a family, so that none can be served
/// without an answer to that.
pub trait AllowOrigin: Clone + Send + Sync + 'static {
    /// Whether pages of `origin` may call.
    fn allows_origin(&self, origin: &str) -> impl Future<Output = bool> + Send;
}

/// A family without an installation: only what its environment says.
impl AllowOrigin for AllowedOrigins {
    async fn allows_origin(&self, origin: &str) -> bool {
        self.contains(origin)
    }
}

/// What the environment says, and what operators have listed. Looks at their lists here,
/// so that handlers which ask for the kind of an origin see them as they are now, and a
/// request that names none waits for nothing.
impl AllowOrigin for Postern {
    async fn allows_origin(&self, origin: &str) -> bool {
        self.keep_origins_current(self.now()).await;
        self.origin_kind(origin).is_some()
    }
}

/// Answers preflight requests, on any path, and says on all other answers who may read
/// them. A stranger's request is answered as every other, since it may be no browser's,
/// but no page gets to see the answer.
pub(crate) async fn cors<A: AllowOrigin>(
    State(allow): State<A>,
    request: Request,
    next: Next,
) -> Response {
    let origin = match request.headers().get(ORIGIN).cloned() {
        Some(origin) if is_allowed(&allow, &origin).await => Some(origin),
        _ => None,
    };
    let preflight = is_preflight(&request);
    let mut response = if preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin else {
        return response;
    };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    if preflight {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    } else {
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }
    response
}

async fn is_allowed(allow: &impl AllowOrigin, origin: &HeaderValue) -> bool {
    match origin.to_str() {
        Ok(origin) => allow.allows_origin(origin).await,
        Err(_) => false,
    }
}

/// Whether a browser asks what it may do, before it does it. Any other OPTIONS request
/// asks which methods a path has (RFC 9110 §9.3.7).
fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod tests;
