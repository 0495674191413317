//! DjangoCFG second factors: authenticator apps, backup codes, and the second
//! step of a sign-in.
//!
//! | operation | file |
//! |---|---|
//! | `POST /cfg/totp/setup/` | [`setup`] |
//! | `POST /cfg/totp/setup/confirm/` | [`setup_confirm`] |
//! | `GET /cfg/totp/devices/` | [`device_list`] |
//! | `DELETE /cfg/totp/devices/{id}/` | [`device_delete`] |
//! | `POST /cfg/totp/disable/` | [`disable`] |
//! | `GET /cfg/totp/backup-codes/` | [`backup_codes`] |
//! | `POST /cfg/totp/backup-codes/regenerate/` | [`backup_codes_regenerate`] |
//! | `POST /cfg/totp/verify/` | [`verify`] |
//! | `POST /cfg/totp/verify/backup/` | [`verify_backup`] |

pub mod backup_codes;
pub mod backup_codes_regenerate;
pub mod device_delete;
pub mod device_list;
pub mod disable;
pub mod reply;
pub mod setup;
pub mod setup_confirm;
pub mod verify;
pub mod verify_backup;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::{drf, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[
    KeyPart::Signing,
    KeyPart::Refresh,
    KeyPart::Factors,
    KeyPart::Personal,
    KeyPart::Realtime,
]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let views = routes!(
        setup::handle,
        setup_confirm::handle,
        device_list::handle,
        device_delete::handle,
        disable::handle,
        backup_codes::handle,
        backup_codes_regenerate::handle,
        verify::handle
    );
    R::default()
        .and(with_dialect(&drf::SECOND_FACTOR, views))
        .and(with_dialect(
            &drf::BACKUP_CODE,
            routes!(verify_backup::handle),
        ))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &drf::SECOND_FACTOR, postern)
}
