//! DjangoCFG accounts: sign-in through a provider.
//!
//! | operation | file |
//! |---|---|
//! | `GET /cfg/accounts/oauth/providers/` | [`providers`] |
//! | `POST /cfg/accounts/oauth/github/authorize/` | [`github_authorize`] |
//! | `POST /cfg/accounts/oauth/github/callback/` | [`github_callback`] |
//! | `GET /cfg/accounts/oauth/connections/` | [`connections`] |
//! | `POST /cfg/accounts/oauth/disconnect/` | [`disconnect`] |
//!
//! A function of its own and not a part of accounts, because it alone speaks to
//! somebody outside AWS and holds the secret with which it does.

pub mod connections;
pub mod disconnect;
pub mod github_authorize;
pub mod github_callback;
pub mod providers;
pub mod reply;

use axum::Router;
use edge::dialect::{drf, speaking};
use flows::Postern;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every operation of the family, with its document.
#[must_use]
pub fn routes() -> OpenApiRouter<Postern> {
    let routes = OpenApiRouter::new()
        .routes(routes!(providers::handle))
        .routes(routes!(github_authorize::handle))
        .routes(routes!(github_callback::handle))
        .routes(routes!(connections::handle))
        .routes(routes!(disconnect::handle));
    speaking(&drf::OAUTH, routes)
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &drf::VIEWS, postern)
}
