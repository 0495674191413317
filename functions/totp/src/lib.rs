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
mod qr;
pub mod reply;
pub mod setup;
pub mod setup_confirm;
pub mod verify;
pub mod verify_backup;

use axum::Router;
use edge::dialect::{drf, speaking};
use flows::Postern;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every operation of the family, with its document.
#[must_use]
pub fn routes() -> OpenApiRouter<Postern> {
    let views = OpenApiRouter::new()
        .routes(routes!(setup::handle))
        .routes(routes!(setup_confirm::handle))
        .routes(routes!(device_list::handle))
        .routes(routes!(device_delete::handle))
        .routes(routes!(disable::handle))
        .routes(routes!(backup_codes::handle))
        .routes(routes!(backup_codes_regenerate::handle))
        .routes(routes!(verify::handle));
    OpenApiRouter::new()
        .merge(speaking(&drf::SECOND_FACTOR, views))
        .merge(speaking(
            &drf::BACKUP_CODE,
            OpenApiRouter::new().routes(routes!(verify_backup::handle)),
        ))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &drf::SECOND_FACTOR, postern)
}
