//! Signing in and the own account, as the Auth Service and cashless have them.
//!
//! | operation | file |
//! |---|---|
//! | `POST /auth/register` | [`account::register`] |
//! | `POST /auth/login`, `POST /token` | [`login::form`] |
//! | `POST /auth/login` as JSON (cashless) | [`login::json`] |
//! | `POST /auth/login/device` (cashless) | [`login::device`] |
//! | `POST /auth/refresh` (cashless) | [`sessions::refresh`] |
//! | `POST /auth/logout` (cashless) | [`sessions::logout`] |
//! | `POST /auth/password-reset-request` | [`password_reset::request`] |
//! | `POST /auth/password-reset` | [`password_reset::choose`] |
//! | `POST /auth/token-refresh` | [`sessions::token_refresh`] |
//! | `GET /auth/generate-2fa-code` | [`factor::generate`] |
//! | `POST /auth/enable-2fa` | [`factor::enable`] |
//! | `POST /auth/disable-2fa` | [`factor::disable`] |
//! | `POST /auth/verify-2fa` | [`factor::verify`] |
//! | `GET /auth/test-2fa` | [`factor::test`] |
//! | `GET /auth/sessions` | [`sessions::list`] |
//! | `DELETE /auth/sessions/{session_id}` | [`sessions::delete`] |
//! | `GET /auth/verify-user/{username}` | [`account::verify_user`] |
//! | `PUT /auth/profile` | [`account::profile_update`] |
//! | `POST /auth/confirm-email` | [`account::confirm_email`] |
//! | `GET /auth/confirm`, `POST /auth/confirm/mine`, `/not-mine`: the letter's page | [`confirm`] |
//! | `GET /`, `GET /protected` | [`greetings`] |
//! | `POST /auth/login/phone` | [`login::phone`] |
//! | `POST /auth/login/phone/verify` | [`login::phone_verify`] |
//! | `POST /auth/login/firebase` | [`login::firebase`] |

pub mod account;
pub mod confirm;
pub mod factor;
pub mod greetings;
pub mod login;
pub mod password_reset;
pub mod sessions;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::fastapi::FastApi;
use edge::dialect::{auth_service, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[
    KeyPart::Signing,
    KeyPart::Refresh,
    KeyPart::Codes,
    KeyPart::Factors,
    KeyPart::Personal,
]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let users = routes!(
        account::register::handle,
        login::form::handle,
        login::form::token,
        password_reset::request::handle,
        password_reset::choose::handle,
        sessions::token_refresh::handle,
        factor::generate::handle,
        factor::enable::handle,
        factor::disable::handle,
        factor::verify::handle,
        factor::test::handle,
        account::verify_user::handle,
        account::profile_update::handle,
        account::confirm_email::handle,
        greetings::root,
        greetings::protected
    );
    let sessions = routes!(sessions::list::handle, sessions::delete::handle);
    let cashless = routes!(
        login::phone::handle,
        login::phone_verify::handle,
        login::device::handle,
        sessions::refresh::handle,
        sessions::logout::handle
    );
    let firebase = routes!(login::firebase::handle);
    R::default()
        .and(with_dialect(&auth_service::USERS, users))
        .and(with_dialect(&auth_service::SESSIONS, sessions))
        .and(with_dialect(&FastApi, cashless))
        .and(with_dialect(&auth_service::FIREBASE, firebase))
        .and(confirm::routes())
}

/// The operation that shares its path and method with another: a router takes one,
/// which serves both, and a document has an entry for each contract.
#[must_use]
pub fn shared_routes<R: Routes<Postern>>() -> R {
    routes!(login::json::handle)
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &FastApi, postern)
}
