//! OpenID Connect: what a client sends a browser to, and what it asks for itself; and the
//! endpoints of RFC 8628, for the same clients.
//!
//! | operation | file |
//! |---|---|
//! | `GET`, `POST /oauth/authorize` | [`authorize`] |
//! | `GET`, `POST /oauth/authorize/{request}` | [`request`] |
//! | `POST /oauth/token` | [`token`] |
//! | `GET`, `POST /oauth/userinfo` | [`userinfo`] |
//! | `GET`, `POST /oauth/logout`, `POST /oauth/logout/confirm` | [`logout`] |
//! | `POST /oauth/device_authorization` | [`device_authorization`] |

pub mod answer;
pub mod authorize;
pub mod credentials;
pub mod device_authorization;
pub mod logout;
pub mod parameters;
pub mod reply;
pub mod request;
pub mod token;
pub mod userinfo;

use axum::Router;
use axum::middleware::{from_fn, map_response};
use domain::key_ring::{KeyPart, KeyParts};
use edge::dialect::token_endpoint::TokenEndpoint;
use edge::dialect::{bearer, with_dialect};
use edge::page::{Again, rendered, with_security_headers};
use edge::{Routes, routes};
use flows::Postern;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[KeyPart::Signing, KeyPart::Refresh, KeyPart::Personal]);

/// Every operation of the family, with its document.
#[must_use]
pub fn routes<R: Routes<Postern>>() -> R {
    let grants = routes!(device_authorization::handle, token::handle);
    let bearers = routes!(userinfo::get, userinfo::post);
    let pages: R = routes!(
        authorize::get,
        authorize::post,
        request::get,
        request::post,
        logout::get,
        logout::post,
        logout::confirm
    );
    R::default()
        .and(with_dialect(&TokenEndpoint, grants))
        .and(with_dialect(&bearer::OAuth2, bearers))
        .and(pages.within(|router| {
            router
                .layer(from_fn(async |request, next| {
                    rendered(Again::AtClient, request, next).await
                }))
                .layer(map_response(with_security_headers))
        }))
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &bearer::OAuth2, postern)
}
