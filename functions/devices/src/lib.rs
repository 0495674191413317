//! POS devices (cashless).
//!
//! | operation | file |
//! |---|---|
//! | `POST /devices/auth` | [`auth`] |
//! | `POST /devices/{device_id}/token` | [`token`] |
//! | `POST /devices/operator-token` | [`operator_token`] |

pub mod auth;
pub mod operator_token;
pub mod token;

use axum::Router;
use edge::dialect::fastapi::FastApi;
use edge::dialect::with_dialect;
use edge::{Routes, routes};
use flows::Postern;

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let devices = routes!(auth::handle, operator_token::handle, token::handle);
    with_dialect(&FastApi, devices)
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &FastApi, postern)
}
