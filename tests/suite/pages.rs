//! /sign-in, /sign-up, /password and /sign-out: the pages where people sign in, as a
//! browser without scripts walks them.

mod factors;
mod forgotten;
mod leads_to;
mod role;
mod sign_in;
mod sign_up;
mod waiting;
mod words;

use tests::{Visitor, World};

use crate::auth::{PASSWORD, register};

const ADA: &str = "ada@example.com";

/// A world with Ada, who has a password and a proven address.
async fn with_ada() -> World {
    let world = World::new().await;
    register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    world.prove(ADA).await;
    world
}

/// A browser at a network of its own, on the page at `path`.
async fn at<'w>(world: &'w World, ip: &str, path: &str) -> Visitor<'w> {
    let browser = Visitor::open(world.at(ip), path).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    browser
}

#[track_caller]
fn says(browser: &Visitor<'_>, part: &str) {
    let text = &browser.page.text;
    assert!(text.contains(part), "{part}: {text}");
}

#[track_caller]
fn is_in(browser: &Visitor<'_>) {
    says(browser, "Signed in as");
}

#[track_caller]
fn is_out(browser: &Visitor<'_>) {
    let text = &browser.page.text;
    assert!(!text.contains("Signed in as"), "{text}");
}

/// The page without what differs from one visit to the next, and without `name`.
fn likeness(browser: &Visitor<'_>, name: &str) -> String {
    let mut page = browser.page.text.replace(name, "…");
    for field in ["name=\"token\" value=\"", "name=\"at\" value=\"", "?at="] {
        let parts: Vec<&str> = page.split(field).collect();
        let rest = parts[1..].iter().map(|part| {
            let end = part.find(['"', '&']).unwrap_or(part.len());
            &part[end..]
        });
        page = std::iter::once(parts[0])
            .chain(rest)
            .collect::<Vec<_>>()
            .join("…");
    }
    page
}
