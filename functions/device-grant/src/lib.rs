//! Device authorization: Ravi's contract, RFC 8628, and the page where people
//! answer.
//!
//! | operation | file |
//! |---|---|
//! | `POST /api/auth/device/` | [`api::start`] |
//! | `POST /api/auth/device/token/` | [`api::token`] |
//! | `GET`, `POST /api/auth/keys/management/` | [`api::keys_management`] |
//! | `GET`, `POST /api/auth/keys/identity/` | [`api::keys_identity`] |
//! | `DELETE /api/auth/keys/{uuid}/` | [`api::key_revoke`] |
//! | `GET`, `POST /api/identities/` | [`api::identities`] |
//! | `POST /oauth/device_authorization` | [`oauth::device_authorization`] |
//! | `POST /oauth/token` | [`oauth::token`] |
//! | `GET /device`, `/device/style.css` | [`page`] |
//! | `POST /device/email`, `/code`, `/factor`: signing in | [`page::sign_in`] |
//! | `POST /device/check`, `/approve`, `/deny`: answering | [`page::answer`] |
//! | `POST /device/sign-out` | [`page::sign_out`] |

pub mod api;
pub mod oauth;
pub mod page;
pub mod reply;

use axum::Router;
use edge::dialect::token_endpoint::TokenEndpoint;
use edge::dialect::{drf, speaking};
use flows::Postern;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every operation of the family, with its document.
#[must_use]
pub fn routes() -> OpenApiRouter<Postern> {
    let grants = OpenApiRouter::new()
        .routes(routes!(api::start::handle))
        .routes(routes!(api::token::handle))
        .routes(routes!(oauth::device_authorization::handle))
        .routes(routes!(oauth::token::handle));
    let views = OpenApiRouter::new()
        .routes(routes!(
            api::keys_management::list,
            api::keys_management::create
        ))
        .routes(routes!(
            api::keys_identity::list,
            api::keys_identity::create
        ))
        .routes(routes!(api::key_revoke::handle))
        .routes(routes!(api::identities::list, api::identities::create));
    OpenApiRouter::new()
        .merge(speaking(&TokenEndpoint, grants))
        .merge(speaking(&drf::VIEWS, views))
        .merge(page::routes())
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &drf::VIEWS, postern)
}
