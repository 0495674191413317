//! Administrators: people's accounts (Auth Service), their own step-up and password
//! reset (cashless), and what cashless presumes: events, devices, operators.
//!
//! | operation | file |
//! |---|---|
//! | `GET /admin/users` | [`users::list`] |
//! | `PUT /admin/activate-user/{user_id}` | [`users::activate`] |
//! | `PUT /admin/deactivate-user/{user_id}` | [`users::deactivate`] |
//! | `PUT /admin/user/role` | [`users::role`] |
//! | `DELETE /admin/user/{user_id}` | [`users::delete`] |
//! | `POST /admin/lock` | [`users::lock`] |
//! | `POST /admin/unlock` | [`users::unlock`] |
//! | `POST /admin/vendor/lock` | [`vendors::lock`] |
//! | `POST /admin/vendor/unlock` | [`vendors::unlock`] |
//! | `DELETE /admin/vendor/{vendor_id}` | [`vendors::delete`] |
//! | `POST /admin/register` | [`register`] |
//! | `POST /admin/login` | [`login`] |
//! | `GET /admin/me` | [`me`] |
//! | `GET /admin/sensitive/ping` | [`sensitive_ping`] |
//! | `POST /admin/mfa/setup` | [`mfa::setup`] |
//! | `POST /admin/mfa/verify` | [`mfa::verify`] |
//! | `POST /admin/password-reset/email-send` | [`password_reset::send`] |
//! | `POST /admin/password-reset/{token}` | [`password_reset::choose`] |
//! | `POST`, `GET /admin/events` | [`events::create`], [`events::list`] |
//! | `PATCH /admin/events/{event_id}` | [`events::edit`] |
//! | `POST`, `GET /admin/devices` | [`devices::register`], [`devices::list`] |
//! | `PATCH /admin/devices/{device_id}` | [`devices::edit`] |
//! | `POST`, `GET /admin/operators` | [`operators::appoint`], [`operators::list`] |
//! | `PATCH`, `DELETE /admin/operators/{user_id}` | [`operators::edit`], [`operators::dismiss`] |

pub mod devices;
pub mod events;
pub mod login;
pub mod me;
pub mod mfa;
pub mod operators;
pub mod password_reset;
pub mod provisioned;
pub mod register;
pub mod sensitive_ping;
pub mod users;
pub mod vendors;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::{auth_service, fastapi, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[
    KeyPart::Signing,
    KeyPart::Refresh,
    KeyPart::Factors,
    KeyPart::Personal,
]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let people = routes!(
        users::list::handle,
        users::activate::handle,
        users::deactivate::handle,
        users::role::handle,
        users::delete::handle,
        users::lock::handle,
        users::unlock::handle
    );
    let vendors = routes!(
        vendors::lock::handle,
        vendors::unlock::handle,
        vendors::delete::handle
    );
    let registration = routes!(register::handle);
    let sign_in = routes!(login::handle);
    let cashless = routes!(
        me::handle,
        sensitive_ping::handle,
        mfa::setup::handle,
        mfa::verify::handle,
        password_reset::send::handle,
        password_reset::choose::handle
    );
    let sites = routes!(
        events::create::handle,
        events::list::handle,
        events::edit::handle,
        devices::register::handle,
        devices::list::handle,
        devices::edit::handle,
        operators::appoint::handle,
        operators::list::handle,
        operators::edit::handle,
        operators::dismiss::handle
    );
    R::default()
        .and(with_dialect(&auth_service::ADMINISTRATORS, people))
        .and(with_dialect(&auth_service::VENDOR_ADMINISTRATORS, vendors))
        .and(with_dialect(&auth_service::ADMIN_REGISTER, registration))
        .and(with_dialect(&auth_service::ADMIN_LOGIN, sign_in))
        .and(with_dialect(&fastapi::FastApi, cashless))
        .and(with_dialect(&fastapi::FastApi, sites))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &fastapi::FastApi, postern)
}
