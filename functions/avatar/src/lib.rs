//! DjangoCFG profile picture: sending one, and the picture itself.
//!
//! | operation | file |
//! |---|---|
//! | `POST /cfg/accounts/profile/avatar/` | [`upload`] |
//! | `POST /cfg/accounts/profile/avatar/upload/` | [`allow`] |
//! | `POST /cfg/accounts/profile/avatar/upload/confirm/` | [`confirm`] |
//! | `GET /cfg/accounts/profile/avatar/{id}/` | [`picture`] |
//!
//! A Lambda of its own below the paths of `accounts`, for what it has to do:
//! image decoders read what strangers send, and need not run in the process that
//! signs people in, with its rights; decoding takes memory by the hundred
//! megabytes; and neither they nor the S3 client belong into the binary that a
//! sign-in waits for. (Deleting an account removes its picture, so `accounts`
//! links that one call of S3; it makes the client when it first needs it.)
//!
//! API Gateway takes the most specific path, so these win over
//! `/cfg/accounts/{proxy+}`.

pub mod allow;
pub mod confirm;
pub mod picture;
pub mod upload;

use axum::Router;
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::{drf, with_dialect};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[KeyPart::Personal, KeyPart::Pictures, KeyPart::Realtime]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let routes = routes!(
        upload::handle,
        allow::handle,
        confirm::handle,
        picture::handle
    );
    with_dialect(&drf::PICTURE, routes)
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &drf::PICTURE, postern)
}
