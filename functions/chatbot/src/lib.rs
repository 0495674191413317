//! What people and a chatbot say to each other, for a topic's subscribers (Auth Service).
//!
//! | operation | file |
//! |---|---|
//! | `POST /chatbot/interact` | [`interact`] |

pub mod interact;

use axum::Router;
use domain::key_ring::KeyParts;
use edge::dialect::fastapi::FastApi;
use edge::dialect::with_dialect;
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    with_dialect(&FastApi, routes!(interact::handle))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &FastApi, postern)
}
