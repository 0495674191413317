//! DjangoCFG accounts: sign-in by e-mail code, token refresh, the profile, the
//! API key.
//!
//! | operation | file |
//! |---|---|
//! | `POST /cfg/accounts/otp/request/` | [`otp_request`] |
//! | `POST /cfg/accounts/otp/verify/` | [`otp_verify`] |
//! | `POST /cfg/accounts/token/refresh/` | [`token_refresh`] |
//! | `GET /cfg/accounts/profile/` | [`profile_read`] |
//! | `PUT`, `PATCH /cfg/accounts/profile/update/`, `…/partial/` | [`profile_update`] |
//! | `POST /cfg/accounts/profile/delete/` | [`profile_delete`] |
//! | `GET /cfg/accounts/api-key/` | [`api_key_read`] |
//! | `POST /cfg/accounts/api-key/regenerate/` | [`api_key_regenerate`] |
//! | `POST /cfg/accounts/api-key/test/` | [`api_key_test`] |

pub mod api_key_read;
pub mod api_key_regenerate;
pub mod api_key_test;
pub mod otp_request;
pub mod otp_verify;
pub mod profile_delete;
pub mod profile_read;
pub mod profile_update;
pub mod reply;
pub mod token_refresh;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::{drf, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[
    KeyPart::Signing,
    KeyPart::Refresh,
    KeyPart::Codes,
    KeyPart::Personal,
    KeyPart::Realtime,
]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let views = routes!(
        profile_read::handle,
        profile_update::put_update,
        profile_update::patch_update,
        profile_update::put_partial,
        profile_update::patch_partial,
        profile_delete::handle
    );
    let keyed_views = routes!(
        api_key_read::handle,
        api_key_regenerate::handle,
        api_key_test::handle
    );
    R::default()
        .and(with_dialect(
            &drf::CODE_REQUEST,
            routes!(otp_request::handle),
        ))
        .and(with_dialect(&drf::CODE_VERIFY, routes!(otp_verify::handle)))
        .and(with_dialect(&drf::REFRESH, routes!(token_refresh::handle)))
        .and(with_dialect(&drf::KEYED_VIEWS, keyed_views))
        .and(with_dialect(&drf::VIEWS, views))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &drf::VIEWS, postern)
}
