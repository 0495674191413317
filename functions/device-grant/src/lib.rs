//! Device authorization: Ravi's contract, and the page where people answer a device. The
//! standard's own endpoints (RFC 8628) are the family `oidc`'s.
//!
//! | operation | file |
//! |---|---|
//! | `POST /api/auth/device/` | [`api::start`] |
//! | `POST /api/auth/device/token/` | [`api::token`] |
//! | `GET`, `POST /api/auth/keys/management/` | [`api::keys_management`] |
//! | `GET`, `POST /api/auth/keys/identity/` | [`api::keys_identity`] |
//! | `DELETE /api/auth/keys/{uuid}/` | [`api::key_revoke`] |
//! | `GET`, `POST /api/identities/` | [`api::identities`] |
//! | `GET /device` | [`page`] |
//! | `POST /device/check`, `/approve`, `/deny`: answering | [`page::answer`] |

pub mod api;
pub mod page;
pub mod reply;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::token_endpoint::TokenEndpoint;
use edge::dialect::{drf, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[KeyPart::Signing, KeyPart::Refresh, KeyPart::Personal]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let grants = routes!(api::start::handle, api::token::handle);
    let views = routes!(
        api::keys_management::list,
        api::keys_management::create,
        api::keys_identity::list,
        api::keys_identity::create,
        api::key_revoke::handle,
        api::identities::list,
        api::identities::create
    );
    R::default()
        .and(with_dialect(&TokenEndpoint, grants))
        .and(with_dialect(&drf::VIEWS, views))
        .and(page::routes())
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &drf::VIEWS, postern)
}
