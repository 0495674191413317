//! Vendors (Auth Service).
//!
//! | operation | file |
//! |---|---|
//! | `POST /vendor/register_vendor` | [`register_vendor`] |
//! | `POST /vendor/login` | [`login`] |

pub mod login;
pub mod register_vendor;

use axum::Router;
use edge::dialect::auth_service::Vendors;
use edge::dialect::speaking;
use edge::{Routes, routes};
use flows::Postern;

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let vendors = routes!(register_vendor::handle, login::handle);
    speaking(&Vendors, vendors)
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &Vendors, postern)
}
