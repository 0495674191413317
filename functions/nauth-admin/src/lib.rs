//! Administration of accounts, as nauth-toolkit has it. Every operation is closed to
//! everyone but an administrator; what guards an account wants a fresh sign-in.
//!
//! | operation | file |
//! |---|---|
//! | `POST /nauth/admin/signup` | [`sign_up::plain`] |
//! | `POST /nauth/admin/signup-social` | [`sign_up::social`] |
//! | `GET /nauth/admin/users` | [`users::list`] |
//! | `GET /nauth/admin/users/by-email` | [`users::by_email`] |
//! | `GET`, `PUT`, `DELETE /nauth/admin/users/{sub}` | [`users::read`], [`users::update`], [`users::delete`] |
//! | `POST /nauth/admin/users/{sub}/disable`, `/enable` | [`users::lock`] |
//! | `POST /nauth/admin/users/{sub}/force-password-change` | [`users::force_password_change`] |
//! | `POST /nauth/admin/users/{sub}/verified-status` | [`users::verified`] |
//! | `POST /nauth/admin/users/{sub}/logout-all` | [`users::logout_all`] |
//! | `GET /nauth/admin/users/{sub}/sessions` | [`users::sessions`] |
//! | `DELETE /nauth/admin/users/{sub}/sessions/{sessionId}` | [`users::session_delete`] |
//! | `GET /nauth/admin/users/{sub}/mfa/status` | [`mfa::status`] |
//! | `POST /nauth/admin/mfa/preferred-method` | [`mfa::preferred`] |
//! | `POST /nauth/admin/mfa/remove-devices` | [`mfa::remove`] |
//! | `POST /nauth/admin/mfa/exemption` | [`mfa::exemption`] |
//! | `POST /nauth/admin/set-password` | [`password::set`] |
//! | `POST /nauth/admin/reset-password/initiate` | [`password::reset`] |
//! | `GET /nauth/admin/audit/history` | [`history`] |
//!
//! `POST /nauth/admin/reset-password/confirm` is its owner's, in the family `nauth`. Each has
//! a twin under `/nauth/mobile`, see [`edge::nauth`].

pub mod history;
pub mod mfa;
pub mod password;
pub mod sign_up;
pub mod users;

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
    let sign_ups = routes!(sign_up::plain::handle, sign_up::social::handle);
    let users = routes!(
        users::list::handle,
        users::by_email::handle,
        users::read::handle,
        users::update::handle,
        users::delete::handle,
        users::lock::disable,
        users::lock::enable,
        users::force_password_change::handle,
        users::verified::handle,
        users::logout_all::handle,
        users::sessions::handle,
        users::session_delete::handle,
        mfa::status::handle,
        mfa::preferred::handle,
        mfa::remove::handle,
        mfa::exemption::handle,
        password::set::handle,
        password::reset::handle,
        history::handle
    );
    R::default()
        .and(with_dialect(&nest::ADMIN_SIGN_UP, sign_ups))
        .and(with_dialect(&nest::ADMINISTRATORS, users))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::nauth::function(routes(), postern)
}
