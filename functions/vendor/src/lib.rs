//! Vendors (Auth Service).
//!
//! | operation | file |
//! |---|---|
//! | `POST /vendor/register_vendor` | [`register_vendor`] |
//! | `POST /vendor/login` | [`login`] |
//! | `PUT /vendor/password` | [`password`] |
//! | `POST /vendor/password-reset-request` | [`password_reset_request`] |
//! | `POST /vendor/password-reset` | [`password_reset`] |

pub mod login;
pub mod password;
pub mod password_reset;
pub mod password_reset_request;
pub mod register_vendor;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::auth_service::Vendors;
use edge::dialect::with_dialect;
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[KeyPart::Signing, KeyPart::Personal]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let vendors = routes!(
        register_vendor::handle,
        login::handle,
        password::handle,
        password_reset_request::handle,
        password_reset::handle
    );
    with_dialect(&Vendors, vendors)
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &Vendors, postern)
}
