//! Second factors of the signed-in user, and where they are not asked for, as nauth-toolkit
//! has them.
//!
//! | operation | file |
//! |---|---|
//! | `GET /nauth/mfa/status` | [`status`] |
//! | `GET /nauth/mfa/available-methods` | [`available`] |
//! | `GET /nauth/mfa/devices` | [`devices`] |
//! | `POST /nauth/mfa/setup-data` | [`setup_data`] |
//! | `POST /nauth/mfa/verify-setup` | [`verify_setup`] |
//! | `DELETE /nauth/mfa/method/{method}` | [`method_delete`] |
//! | `POST /nauth/mfa/preferred-method` | [`preferred`] |
//! | `POST /nauth/mfa/backup-codes/generate` | [`backup_codes`] |
//! | `POST /nauth/trust-device`, `GET /nauth/is-trusted-device` | [`trust_device`] |
//!
//! What a sign-in asks for is in the family `nauth`. Each operation has a twin under
//! `/nauth/mobile`, see [`edge::nauth`].

pub mod available;
pub mod backup_codes;
pub mod devices;
pub mod method_delete;
pub mod preferred;
pub mod setup_data;
pub mod status;
pub mod trust_device;
pub mod verify_setup;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::{nest, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[
    KeyPart::Refresh,
    KeyPart::Codes,
    KeyPart::Factors,
    KeyPart::Personal,
]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let sends = routes!(setup_data::handle);
    let members = routes!(
        status::handle,
        available::handle,
        devices::handle,
        verify_setup::handle,
        method_delete::handle,
        preferred::handle,
        backup_codes::handle,
        trust_device::trust,
        trust_device::is_trusted
    );
    R::default()
        .and(with_dialect(&nest::RESEND, sends))
        .and(with_dialect(&nest::SIGN_IN, members))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::nauth::function(routes(), postern)
}
