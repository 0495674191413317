//! Signing in through a provider, as nauth-toolkit has it.
//!
//! | operation | file |
//! |---|---|
//! | `GET /nauth/social/{provider}/redirect` | [`redirect`] |
//! | `GET`, `POST /nauth/social/{provider}/callback` | [`callback`] |
//! | `POST /nauth/social/exchange` | [`exchange`] |
//! | `POST /nauth/social/{provider}/verify` | [`verify`] |
//! | `GET /nauth/social/linked` | [`linked`] |
//! | `POST /nauth/social/link`, `/nauth/social/unlink` | [`link`], [`unlink`] |
//! | `GET /nauth/social/can-set-password`, `POST /nauth/social/set-password` | [`password`] |
//!
//! Each has a twin under `/nauth/mobile`, see [`edge::nauth`]. A provider is a word in the
//! path: no operation is about one of them.
//!
//! A function of its own and not a part of nauth, because it speaks to services outside AWS
//! and holds the secrets for that, which the others need not know.

pub mod callback;
pub mod exchange;
pub mod link;
pub mod linked;
pub mod password;
mod provider;
pub mod redirect;
pub mod unlink;
pub mod verify;

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
    KeyPart::Personal,
]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let sign_in = routes!(
        redirect::handle,
        callback::by_address,
        callback::by_form,
        exchange::handle,
        verify::handle
    );
    let members = routes!(
        linked::handle,
        link::handle,
        unlink::handle,
        password::may,
        password::set
    );
    R::default()
        .and(with_dialect(&nest::SIGN_IN, sign_in))
        .and(with_dialect(&nest::MEMBERS, members))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::nauth::function(routes(), postern)
}
