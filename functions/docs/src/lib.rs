//! The OpenAPI documents, their readable page, and the sign of life. No table,
//! no key, no AWS: what this function answers was made before it started.
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
use edge::dialect::{fastapi, speaking};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every operation of the family, with its document.
#[must_use]
pub fn routes() -> OpenApiRouter<()> {
    let routes = OpenApiRouter::new()
        .routes(routes!(openapi::handle))
        .routes(routes!(page::handle))
        .routes(routes!(health::handle));
    speaking(&fastapi::FastApi, routes)
}

/// The family as the service that its Lambda runs.
pub fn function() -> Router {
    edge::function(routes(), &fastapi::FastApi, ())
}

#[cfg(test)]
mod tests;
