//! The OpenAPI documents, their readable page, and the sign of life. No table,
//! no key, no AWS: what this function answers was made before it started. So it does not
//! read which origins operators have listed, either: pages of the deployment's own origins
//! may call it ([`AllowedOrigins`]).
//!
//! | operation | file |
//! |---|---|
//! | `GET /openapi/{contract}.json` | [`openapi`] |
//! | `GET /docs` | [`page`] |
//! | `GET /health` | [`health`] |

pub mod documents;
pub mod health;
pub mod openapi;
mod outline;
pub mod page;
pub mod published;

use axum::Router;
use edge::dialect::{fastapi, with_dialect};
use edge::{AllowedOrigins, Routes, routes};

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<AllowedOrigins>>() -> R {
    let routes = routes!(openapi::handle, page::handle, health::handle);
    with_dialect(&fastapi::FastApi, routes)
}

/// The family as the service that its Lambda runs.
pub fn function(origins: AllowedOrigins) -> Router {
    edge::function(routes(), &fastapi::FastApi, origins)
}

#[cfg(test)]
mod tests;
