//! What people and a chatbot say to each other, for a topic's subscribers (Auth Service).
//!
//! | operation | file |
//! |---|---|
//! | `POST /chatbot/interact` | [`interact`] |

pub mod interact;

use axum::Router;
use edge::dialect::fastapi::FastApi;
use edge::dialect::with_dialect;
use edge::{Routes, routes};
use flows::Postern;

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    with_dialect(&FastApi, routes!(interact::handle))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &FastApi, postern)
}
