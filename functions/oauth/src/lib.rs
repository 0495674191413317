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
//! A function of its own and not a part of accounts, because it speaks to a service outside
//! AWS and holds the secret for that, which accounts need not know.

pub mod connections;
pub mod disconnect;
pub mod github_authorize;
pub mod github_callback;
pub mod providers;
pub mod reply;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::{drf, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[
    KeyPart::Signing,
    KeyPart::Refresh,
    KeyPart::Codes,
    KeyPart::Personal,
]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let routes = routes!(
        providers::handle,
        github_authorize::handle,
        github_callback::handle,
        connections::handle,
        disconnect::handle
    );
    with_dialect(&drf::OAUTH, routes)
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &drf::VIEWS, postern)
}
