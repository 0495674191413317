//! For other services: the keys that our tokens are verified with, what a token
//! or key is worth now, ending one, and API keys for the services themselves.
//!
//! | operation | file |
//! |---|---|
//! | `GET /.well-known/jwks.json` | [`jwks`] |
//! | `GET /.well-known/openid-configuration`, `/.well-known/oauth-authorization-server` | [`discovery`] |
//! | `POST /tokens/verify` (cashless) | [`verify`] |
//! | `POST /tokens/offline` (cashless) | [`offline`] |
//! | `POST /tokens/introspect` (RFC 7662) | [`introspect`] |
//! | `POST /tokens/revoke` (RFC 7009) | [`revoke`] |
//! | `POST /tokens/api-key` (cashless) | [`api_key_create`] |
//! | `DELETE /tokens/api-key/{key_id}` (cashless) | [`api_key_revoke`] |

pub mod api_key_create;
pub mod api_key_revoke;
pub mod discovery;
pub mod introspect;
pub mod jwks;
pub mod offline;
pub mod reply;
pub mod revoke;
pub mod verify;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::{bearer, fastapi, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[KeyPart::Signing, KeyPart::Refresh, KeyPart::Personal]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let cashless = routes!(
        jwks::handle,
        discovery::handle,
        discovery::authorization_server,
        verify::handle,
        offline::handle,
        api_key_create::handle,
        api_key_revoke::handle
    );
    let standard = routes!(introspect::handle, revoke::handle);
    R::default()
        .and(with_dialect(&fastapi::FastApi, cashless))
        .and(with_dialect(&bearer::OAuth2, standard))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &fastapi::FastApi, postern)
}
