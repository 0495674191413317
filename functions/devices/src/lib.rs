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
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::fastapi::FastApi;
use edge::dialect::with_dialect;
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[KeyPart::Signing, KeyPart::Refresh, KeyPart::Personal]);

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
