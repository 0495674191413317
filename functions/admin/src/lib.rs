//! Administrators: people's accounts (Auth Service), their own step-up and password
//! reset (cashless), and what cashless presumes: events, devices, operators.
//!
//! | operation | file |
//! |---|---|
//! | `GET /admin/users` | [`users`] |
//! | `PUT /admin/activate-user/{user_id}` | [`user_activate`] |
//! | `PUT /admin/deactivate-user/{user_id}` | [`user_deactivate`] |
//! | `PUT /admin/user/role` | [`user_role`] |
//! | `DELETE /admin/user/{user_id}` | [`user_delete`] |
//! | `POST /admin/lock` | [`lock`] |
//! | `POST /admin/unlock` | [`unlock`] |
//! | `POST /admin/vendor/lock` | [`vendor_lock`] |
//! | `POST /admin/vendor/unlock` | [`vendor_unlock`] |
//! | `DELETE /admin/vendor/{vendor_id}` | [`vendor_delete`] |
//! | `POST /admin/register` | [`register`] |
//! | `POST /admin/login` | [`login`] |
//! | `GET /admin/me` | [`me`] |
//! | `GET /admin/sensitive/ping` | [`sensitive_ping`] |
//! | `POST /admin/mfa/setup` | [`mfa_setup`] |
//! | `POST /admin/mfa/verify` | [`mfa_verify`] |
//! | `POST /admin/password-reset/email-send` | [`password_reset_send`] |
//! | `POST /admin/password-reset/{token}` | [`password_reset`] |
//! | `POST`, `GET /admin/events` | [`event_create`], [`event_list`] |
//! | `PATCH /admin/events/{event_id}` | [`event_edit`] |
//! | `POST`, `GET /admin/devices` | [`device_register`], [`device_list`] |
//! | `PATCH /admin/devices/{device_id}` | [`device_edit`] |
//! | `POST`, `GET /admin/operators` | [`operator_appoint`], [`operator_list`] |
//! | `PATCH`, `DELETE /admin/operators/{user_id}` | [`operator_edit`], [`operator_dismiss`] |

mod at_event;
pub mod device_edit;
pub mod device_list;
pub mod device_register;
pub mod event_create;
pub mod event_edit;
pub mod event_list;
pub mod lock;
pub mod login;
pub mod me;
pub mod mfa_setup;
pub mod mfa_verify;
pub mod operator_appoint;
pub mod operator_dismiss;
pub mod operator_edit;
pub mod operator_list;
pub mod password_reset;
pub mod password_reset_send;
pub mod provisioned;
pub mod register;
pub mod sensitive_ping;
pub mod unlock;
pub mod user_activate;
pub mod user_deactivate;
pub mod user_delete;
pub mod user_role;
pub mod users;
pub mod vendor_delete;
pub mod vendor_lock;
pub mod vendor_unlock;

use axum::Router;
use edge::dialect::{auth_service, fastapi, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let people = routes!(
        users::handle,
        user_activate::handle,
        user_deactivate::handle,
        user_role::handle,
        user_delete::handle,
        lock::handle,
        unlock::handle
    );
    let vendors = routes!(
        vendor_lock::handle,
        vendor_unlock::handle,
        vendor_delete::handle
    );
    let registration = routes!(register::handle);
    let sign_in = routes!(login::handle);
    let cashless = routes!(
        me::handle,
        sensitive_ping::handle,
        mfa_setup::handle,
        mfa_verify::handle,
        password_reset_send::handle,
        password_reset::handle
    );
    let sites = routes!(
        event_create::handle,
        event_list::handle,
        event_edit::handle,
        device_register::handle,
        device_list::handle,
        device_edit::handle,
        operator_appoint::handle,
        operator_list::handle,
        operator_edit::handle,
        operator_dismiss::handle
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
