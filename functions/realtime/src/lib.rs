//! DjangoCFG realtime: what connects a person to a Centrifugo server.
//!
//! | operation | file |
//! |---|---|
//! | `GET /cfg/centrifugo/auth/token/` | [`token`] |

pub mod token;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::{drf, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[KeyPart::Personal, KeyPart::Realtime]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    with_dialect(&drf::REALTIME, routes!(token::handle))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &drf::VIEWS, postern)
}
