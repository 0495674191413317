//! The pages where people sign in: plain forms, no script.
//!
//! ```text
//! /sign-in ─ name ─▶ /with ─┬─ password ──────────────┐
//!                           └─ send ─▶ /code ─ code ──┼─▶ what still lacks: /next ─▶ in
//! /sign-up ─ address ───────────────▶ /code ─ code ───┘   (factor, address, password)
//! /password ─ name ─▶ letter ─▶ /password/new ─▶ /sign-in
//! ```
//!
//! Each proof is a flow that the contracts have, too; what a page knows of the steps before
//! it is in [`flows::PageStep`], sealed in its address and its form. Every answer to a form
//! is the next page's address (303) or the form once more, with what was wrong beside its
//! field. What is offered depends on what was typed and on nothing that we know about it.
//!
//! | operation | file |
//! |---|---|
//! | `GET`, `POST /sign-in` | [`sign_in::start`] |
//! | `GET /sign-in/with`, `POST /sign-in/password`, `/sign-in/send` | [`sign_in::with`] |
//! | `GET`, `POST /sign-in/code` | [`sign_in::code`] |
//! | `GET /sign-in/next` | [`sign_in::next`] |
//! | `POST /sign-in/factor`, `/sign-in/factor/send` | [`sign_in::factor`] |
//! | `POST /sign-in/proof`, `/sign-in/proof/send` | [`sign_in::proof`] |
//! | `POST /sign-in/new-password` | [`sign_in::new_password`] |
//! | `GET`, `POST /sign-up`, `/sign-up/password` | [`sign_up`] |
//! | `GET`, `POST /password` and below it | [`password`] |
//! | `GET`, `POST /sign-out` | [`sign_out`] |
//! | `GET /style.css` | [`style`] |

pub mod password;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod style;
mod visit;

use axum::Router;
use axum::middleware::{from_fn, map_response};
use domain::key_ring::{KeyPart, KeyParts};
use edge::page::{Again, rendered, with_security_headers};
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
    let signing_in: R = routes!(
        sign_in::start::handle,
        sign_in::start::name,
        sign_in::with::handle,
        sign_in::with::password,
        sign_in::with::send,
        sign_in::code::handle,
        sign_in::code::verify,
        sign_in::next::handle,
        sign_in::factor::show,
        sign_in::factor::send,
        sign_in::proof::prove,
        sign_in::proof::send,
        sign_in::new_password::handle
    );
    let others: R = routes!(
        sign_up::handle,
        sign_up::send,
        sign_up::offer,
        sign_up::choose,
        password::handle,
        password::request,
        password::sent,
        password::code,
        password::link,
        password::replace,
        sign_out::ask,
        sign_out::handle,
        style::handle
    );
    signing_in.and(others).within(|router| {
        router
            .layer(from_fn(async |request, next| {
                rendered(Again::AtSignIn, request, next).await
            }))
            .layer(map_response(with_security_headers))
    })
}

/// The family as the service that its Lambda runs.
pub fn function(postern: Postern) -> Router {
    edge::function(routes(), &edge::dialect::drf::VIEWS, postern)
}
