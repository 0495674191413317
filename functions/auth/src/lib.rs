//! Signing in and the own account, as the Auth Service and cashless have them.
//!
//! | operation | file |
//! |---|---|
//! | `POST /auth/register` | [`register`] |
//! | `POST /auth/login`, `POST /token` | [`login`] |
//! | `POST /auth/login` as JSON (cashless) | [`login_json`] |
//! | `POST /auth/login/device` (cashless) | [`login_device`] |
//! | `POST /auth/refresh` (cashless) | [`refresh`] |
//! | `POST /auth/logout` (cashless) | [`logout`] |
//! | `POST /auth/password-reset-request` | [`password_reset_request`] |
//! | `POST /auth/password-reset` | [`password_reset`] |
//! | `POST /auth/token-refresh` | [`token_refresh`] |
//! | `GET /auth/generate-2fa-code` | [`generate_2fa_code`] |
//! | `POST /auth/enable-2fa` | [`enable_2fa`] |
//! | `POST /auth/disable-2fa` | [`disable_2fa`] |
//! | `POST /auth/verify-2fa` | [`verify_2fa`] |
//! | `GET /auth/test-2fa` | [`test_2fa`] |
//! | `GET /auth/sessions` | [`session_list`] |
//! | `DELETE /auth/sessions/{session_id}` | [`session_delete`] |
//! | `GET /auth/verify-user/{username}` | [`verify_user`] |
//! | `PUT /auth/profile` | [`profile_update`] |
//! | `POST /auth/confirm-email` | [`confirm_email`] |
//! | `GET /auth/confirm`, `POST /auth/confirm/mine`, `/not-mine`: the letter's page | [`confirm`] |
//! | `GET /`, `GET /protected` | [`greetings`] |
//! | `POST /auth/login/phone` | [`login_phone`] |
//! | `POST /auth/login/phone/verify` | [`login_phone_verify`] |
//! | `POST /auth/login/firebase` | [`login_firebase`] |

pub mod confirm;
pub mod confirm_email;
pub mod disable_2fa;
pub mod enable_2fa;
pub mod generate_2fa_code;
pub mod greetings;
pub mod login;
pub mod login_device;
pub mod login_firebase;
pub mod login_json;
pub mod login_phone;
pub mod login_phone_verify;
pub mod logout;
pub mod password_reset;
pub mod password_reset_request;
pub mod profile_update;
pub mod refresh;
pub mod register;
pub mod session_delete;
pub mod session_list;
pub mod test_2fa;
pub mod token_refresh;
pub mod verify_2fa;
pub mod verify_user;

use axum::Router;
use edge::dialect::fastapi::FastApi;
use edge::dialect::{auth_service, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let users = routes!(
        register::handle,
        login::handle,
        login::token,
        password_reset_request::handle,
        password_reset::handle,
        token_refresh::handle,
        generate_2fa_code::handle,
        enable_2fa::handle,
        disable_2fa::handle,
        verify_2fa::handle,
        test_2fa::handle,
        verify_user::handle,
        profile_update::handle,
        confirm_email::handle,
        greetings::root,
        greetings::protected
    );
    let sessions = routes!(session_list::handle, session_delete::handle);
    let cashless = routes!(
        login_phone::handle,
        login_phone_verify::handle,
        login_device::handle,
        refresh::handle,
        logout::handle
    );
    let firebase = routes!(login_firebase::handle);
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
    routes!(login_json::handle)
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &FastApi, postern)
}
