//! What the families of nauth share: how tokens travel, who calls, and the answers of
//! sign-ins.
//!
//! A request is decided on in four steps. [`twin`] folds the spellings of a path into one
//! and remembers whether it was a mobile one. [`channel`] decides whether tokens travel in
//! bodies or in cookies. [`member`] knows the caller by the credential that came that way.
//! [`reply`] sends tokens by it. Around all of them [`function`] says in each refusal when
//! and where it happened.

mod admin;
mod answers;
pub mod audit;
mod channel;
mod cookies;
pub mod factors;
pub mod fields;
mod history;
mod lists;
mod member;
mod paging;
mod reply;
mod social;
mod twin;
mod user;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use flows::Postern;

pub use admin::{AdminMember, FreshAdminMember, OneSession, OneUser, UserBody, UserPath};
pub use answers::{
    DeliveryMedium, FactorStanding, FactorsRemoved, LoggedOutEverywhere, PasswordChangeRequired,
    PreferredFactor, SessionEnded, SessionList,
};
pub use channel::Channel;
pub use cookies::{with_cleared, with_device};
pub use history::{HistoryPage, HistoryQuery};
pub use lists::{HistoryRow, ListedSession};
pub use member::Member;
pub use paging::Paging;
pub use reply::{
    AuthResponse, AuthResponseUser, Refreshed, SignedIn, SocialSignedIn, challenge_name,
};
pub use social::{redirect, sent_on};
pub use user::UserResponse;

use crate::dialect::nest;

/// What any operation with a JSON body answers where the body will not do.
#[derive(utoipa::IntoResponses)]
pub enum BodyRefused {
    /// Malformed: `details.validationErrors` says what is wrong with which field
    #[response(status = 400)]
    Malformed(Detail),
    /// Larger than any form of ours
    #[response(status = 413)]
    TooLarge(Detail),
    /// Not JSON
    #[response(status = 415)]
    NotJson(Detail),
}

/// What any operation answers where it is asked too often, or while AWS does not answer.
#[derive(utoipa::IntoResponses)]
pub enum Busy {
    /// Too many; `details.retryAfter` and Retry-After say when to try again
    #[response(status = 429)]
    TooMany(Detail),
    /// AWS did not answer in time, or a message could not be sent; Retry-After says when to try again
    #[response(status = 500)]
    Unavailable(Detail),
}

/// What an operation for signed-in users answers to other callers.
#[derive(utoipa::IntoResponses)]
pub enum NotSignedIn {
    /// Not signed in, or by a way that tokens do not travel here
    #[response(status = 401)]
    NotSignedIn(Detail),
    /// The account is locked or not in use
    #[response(status = 403)]
    Closed(Detail),
    /// AWS did not answer in time; Retry-After says when to try again
    #[response(status = 500)]
    Unavailable(Detail),
}

/// What a change of credentials answers to a caller who may not make it.
#[derive(utoipa::IntoResponses)]
pub enum NotFresh {
    /// Not signed in
    #[response(status = 401)]
    NotSignedIn(Detail),
    /// The sign-in is too old, or the account not in use
    #[response(status = 403)]
    Stale(Detail),
}

super::answer_to_cut_path!();

/// What an operation for administrators answers to other callers.
#[derive(utoipa::IntoResponses)]
pub enum NotAdmin {
    /// Not signed in, or by a way that tokens do not travel here
    #[response(status = 401)]
    NotSignedIn(Detail),
    /// No administrator, or one who means their own account; or, where it changes what guards
    /// an account, one whose sign-in is too old
    #[response(status = 403)]
    Forbidden(Detail),
    /// AWS did not answer in time; Retry-After says when to try again
    #[response(status = 500)]
    Unavailable(Detail),
}

/// What an operation answers where tokens travel by another way than the request says.
#[derive(utoipa::IntoResponses)]
pub enum OtherDelivery {
    /// Tokens do not travel this way here
    #[response(status = 401)]
    OtherDelivery(Detail),
}

/// That it is done.
#[derive(Debug, serde::Serialize)]
pub struct Done {
    success: bool,
}

impl Done {
    /// The only way to be done.
    pub const YES: Self = Self { success: true };
}

/// A refusal.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = NAuthError)]
pub struct Detail {
    /// The status, once more.
    #[serde(rename = "statusCode")]
    status_code: u16,
    /// What clients decide by.
    code: String,
    /// A sentence.
    message: String,
    /// What there is to know beside the code.
    #[schema(required = false)]
    details: Option<serde_json::Map<String, serde_json::Value>>,
    /// When it was refused.
    #[schema(format = DateTime)]
    timestamp: String,
    /// The path, without its query.
    path: String,
}

/// A family of nauth as the service that its Lambda runs.
pub fn function(routes: Router<Postern>, postern: Postern) -> Router {
    let clock = postern.clone();
    let inner = crate::function(routes, &nest::SIGN_IN, postern);
    // Outside of the routing, which happens on the path as it is folded here.
    Router::new()
        .fallback_service(inner)
        .layer(from_fn(move |request: Request, next: Next| {
            let clock = clock.clone();
            async move {
                let path = request.uri().path().to_owned();
                let answer: Response = next.run(twin::folded(request)).await;
                nest::stamped(answer, &path, clock.now())
            }
        }))
}
