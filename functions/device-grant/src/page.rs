//! The page where people answer a device: plain forms, no script.
//!
//! ```text
//! /device ─ signed in? ── no ──▶ /sign-in?continue=/device ─┐  (of the family `pages`)
//!             │ yes                                         │
//!             ▼                                             │
//!   code from the device ─▶ what asks, from where ─▶ yes or no
//! ```
//!
//! Every word of it is in [`edge::page::words`], in the language of its reader.
//!
//! A code that came in the link (`?user_code=`) goes along through the sign-in,
//! and must then be typed from the device all the same. Every form carries the
//! digest of the browser's cookie ([`form`]); no page may be framed, loads
//! anything but its style, or sends anything anywhere but here.

pub mod answer;
mod form;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::middleware::{from_fn, map_response};
use axum::response::Response;
use domain::next_page::NextPage;
use edge::page::{Again, Frame, rendered, sign_in, with_security_headers};
use edge::{Browser, Meta, Refusal, Routes, routes};
use flows::Postern;
use serde::Deserialize;

/// The page's operations.
pub(crate) fn routes<R: Routes<Postern>>() -> R {
    let pages: R = routes!(handle, answer::check, answer::approve, answer::deny);
    pages.within(|router| {
        router
            .layer(from_fn(async |request, next| {
                rendered(Again::AtDevice, request, next).await
            }))
            .layer(map_response(with_security_headers))
    })
}

/// What a link may bring.
#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    user_code: String,
}

/// The page: name the device, or answer the one that the link names, once signed in.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/device", operation_id = "device_page", tags = ["page"], security(()),
    params(("user_code" = Option<String>, Query, description = "The code that the device shows")),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The page"),
        (status = 303, description = "To the sign-in, and then back"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    browser: Browser,
    link: Result<Query<Link>, QueryRejection>,
) -> Result<Response, Refusal> {
    // A query that cannot be read names no device.
    let link = link.map(|Query(link)| link.user_code).unwrap_or_default();
    let next = NextPage::device(&link);
    let Some(signed) = &browser.signed else {
        return sign_in(Some(&next), None);
    };
    let frame = Frame::new(&postern, &meta, &browser).leading_back_to(next);
    if link.trim().is_empty() {
        return frame.show(&answer::EnterPage::new(&frame, "", None));
    }
    match postern.device_asking(&meta, signed, &link).await {
        Ok(asking) => frame.show(&answer::ConfirmPage::of_link(&frame, &asking, None)),
        Err(error) => answer::enter_again(&frame, &link, error),
    }
}
