//! Signing up and in, and the own account, as nauth-toolkit has them.
//!
//! | operation | file |
//! |---|---|
//! | `POST /nauth/signup` | [`sign_in::signup`] |
//! | `POST /nauth/login` | [`sign_in::login`] |
//! | `POST /nauth/refresh` | [`sign_in::refresh`] |
//! | `POST /nauth/respond-challenge` | [`challenge::respond`] |
//! | `POST /nauth/challenge/resend` | [`challenge::resend`] |
//! | `POST /nauth/challenge/setup-data` | [`challenge::setup_data`] |
//! | `POST /nauth/challenge/challenge-data` | [`challenge::challenge_data`] |
//! | `GET /nauth/logout`, `POST /nauth/logout/all` | [`sessions::logout`] |
//! | `GET /nauth/sessions`, `DELETE /nauth/sessions/{sessionId}` | [`sessions::list`], [`sessions::delete`] |
//! | `GET /nauth/profile`, `PUT /nauth/profile` | [`profile::read`], [`profile::update`] |
//! | `POST /nauth/change-password`, `/request-password-change` | [`password::change`] |
//! | `POST /nauth/forgot-password`, `/forgot-password/confirm` | [`password::forgot`] |
//! | `POST /nauth/admin/reset-password/confirm`, `/reset-password/confirm` | [`password::admin_reset`] |
//! | `GET /nauth/audit/history` | [`history`] |
//! | `POST /nauth/token/validate` | [`validate`] |
//!
//! Each has a twin under `/nauth/mobile`, see [`edge::nauth`].

pub mod challenge;
pub mod history;
pub mod password;
pub mod profile;
pub mod sessions;
pub mod sign_in;
pub mod validate;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::{nest, with_dialect};
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
    let sign_up = routes!(sign_in::signup::handle);
    let sign_in = routes!(sign_in::login::handle, sign_in::refresh::handle);
    let challenges = routes!(challenge::respond::handle);
    let resend = routes!(
        challenge::resend::handle,
        challenge::setup_data::handle,
        challenge::challenge_data::handle
    );
    let members = routes!(
        sessions::logout::here,
        sessions::logout::everywhere,
        sessions::list::handle,
        sessions::delete::handle,
        profile::read::handle,
        profile::update::handle,
        password::change::handle,
        password::change::require,
        history::handle,
        validate::handle
    );
    let resets = routes!(
        password::forgot::request,
        password::forgot::confirm,
        password::admin_reset::handle,
        password::admin_reset::later_spelling
    );
    R::default()
        .and(with_dialect(&nest::SIGN_UP, sign_up))
        .and(with_dialect(&nest::SIGN_IN, sign_in))
        .and(with_dialect(&nest::CHALLENGES, challenges))
        .and(with_dialect(&nest::RESEND, resend))
        .and(with_dialect(&nest::MEMBERS, members))
        .and(with_dialect(&nest::RESETS, resets))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::nauth::function(routes(), postern)
}
