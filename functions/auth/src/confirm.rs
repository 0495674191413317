//! The page that registration's letter links: whose account is it?
//!
//! ```text
//! GET /auth/confirm?token=… ──┬─ "It is mine", password ─▶ proven, all is kept
//!    (changes nothing)        └─ "Somebody else made it" ─▶ proven, all has ended
//! ```
//!
//! The token stands in the query: logs have routes and no queries, no page sends a
//! referrer or is kept, and a fragment would need a script. The forms carry it in a
//! field, so that no other address holds it.

mod form;
pub mod mine;
pub mod not_mine;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::middleware::{from_fn, map_response};
use axum::response::Response;
use domain::Error;
use edge::page::{Again, Frame, rendered, with_security_headers};
use edge::{BrowserCookie, Meta, Refusal, Routes, routes};
use flows::{Postern, Unconfirmed};
use serde::Deserialize;

/// The page's operations.
pub(crate) fn routes<R: Routes<Postern>>() -> R {
    let pages: R = routes!(handle, mine::handle, not_mine::handle);
    pages.within(|router| {
        router
            .layer(from_fn(async |request, next| {
                rendered(Again::ByLetter, request, next).await
            }))
            .layer(map_response(with_security_headers))
    })
}

/// Where the reader of the letter says whose account it is.
#[derive(Template)]
#[template(path = "whose.html")]
struct WhosePage<'a> {
    frame: &'a Frame,
    account: &'a str,
    address: &'a str,
    letter: &'a str,
    problem: Option<String>,
}

impl<'a> WhosePage<'a> {
    fn new(frame: &'a Frame, asked: &'a Unconfirmed, letter: &'a str) -> Self {
        Self {
            frame,
            account: &asked.user.username,
            address: asked.address.as_str(),
            letter,
            problem: None,
        }
    }
}

/// What came of it.
#[derive(Template)]
#[template(path = "settled.html")]
struct SettledPage<'a> {
    frame: &'a Frame,
    address: &'a str,
    kept: bool,
}

/// The page for a token that will not do. Unknown, used and late ones look the same.
#[derive(Template)]
#[template(path = "spent.html")]
struct SpentPage<'a> {
    frame: &'a Frame,
}

/// The answer to a token that will not do, or whatever else went wrong.
fn not_open(
    postern: &Postern,
    meta: &flows::RequestMeta,
    cookie: &BrowserCookie,
    error: Error,
) -> Result<Response, Refusal> {
    if error != Error::InvalidToken {
        return Err(error.into());
    }
    let frame = Frame::signed_out(postern, meta, cookie, None);
    frame.show_error(&error, &SpentPage { frame: &frame })
}

/// What the letter's link brings.
#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    token: String,
}

/// The page of the letter that `token` came by. Opening it changes nothing.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/auth/confirm", operation_id = "confirm_page", tags = ["page"], security(()),
    params(("token" = Option<String>, Query, description = "The letter's token")),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The account, and the question whose it is"),
        (status = 400, content_type = "text/html", body = String, description = "Unknown, used or expired"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    cookie: BrowserCookie,
    link: Result<Query<Link>, QueryRejection>,
) -> Result<Response, Refusal> {
    // A query that cannot be read brings no token.
    let letter = link.map(|Query(link)| link.token).unwrap_or_default();
    match postern.unconfirmed(&meta, &letter).await {
        Ok(asked) => {
            let frame = Frame::signed_out(&postern, &meta, &cookie, Some(&asked.user));
            frame.show(&WhosePage::new(&frame, &asked, &letter))
        }
        Err(error) => not_open(&postern, &meta, &cookie, error),
    }
}
