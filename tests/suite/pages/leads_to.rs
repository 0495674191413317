//! Where a sign-in leads: to pages of ours, and nowhere else.

use tests::{Visitor, World};
use url::form_urlencoded::byte_serialize;

use super::{ADA, at, is_in, says, with_ada};
use crate::api::Device;
use crate::auth::PASSWORD;

/// What people have tried to have browsers sent elsewhere by.
const TRICKS: [&str; 24] = [
    "https://evil.example/",
    "//evil.example/device",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/device/../../evil",
    "/device/..",
    "/device//evil.example",
    "/device\\..\\x",
    "/device%2f%2fevil.example",
    "/%2fevil.example",
    "/device\r\nLocation: https://evil.example",
    "/device%0d%0aLocation:x",
    "/\t/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/device@evil.example",
    "/device.evil.example",
    "/devices",
    "/sign-out",
    "/auth/confirm?token=x",
    "/oauth/authorize",
    "/device?x=https://evil.example",
];

fn link(next: &str) -> String {
    let next: String = byte_serialize(next.as_bytes()).collect();
    format!("/sign-in?continue={next}")
}

#[tokio::test]
async fn tricks_lead_nowhere() {
    let world = with_ada().await;
    for (n, trick) in TRICKS.into_iter().enumerate() {
        let mut browser = at(&world, &format!("198.51.100.{n}"), &link(trick)).await;
        browser.with_password("ada", PASSWORD).await;
        is_in(&browser);
        says(&browser, "You are signed in");
        // Nor is it written into a page, or followed by who is signed in.
        assert!(!browser.page.text.contains("evil"), "{trick}");
        browser.go(&link(trick)).await;
        says(&browser, "You are signed in");
        // A form of the sign-out is no way round.
        let typed = [("continue", trick)];
        browser.fill("/sign-out", &typed).await;
        says(&browser, "You are signed out");
    }
}

#[tokio::test]
async fn the_device_page_is_led_to_through_every_step() {
    let world = with_ada().await;
    let device = Device::asking(&world).await;
    let page = format!("/device?user_code={}", device.user_code);
    let mut browser = Visitor::open(world.anyone(), &page).await;
    says(&browser, "To connect a device");
    let mut by_code = browser.clone();
    by_code.sign_in(ADA).await;
    says(&by_code, "To approve, type the code");
    browser.with_password("ada", PASSWORD).await;
    says(&browser, "To approve, type the code");
    // Another person's turn: the device is still waiting.
    browser.fill("/sign-out", &[]).await;
    says(&browser, "To connect a device");
    browser.with_password("ada", PASSWORD).await;
    says(&browser, "To approve, type the code");
}

#[tokio::test]
async fn an_authorization_request_is_led_to() {
    let world = with_ada().await;
    let next = "/oauth/authorize/Zm9vYmFy-_0";
    let mut browser = at(&world, "192.0.2.1", &link(next)).await;
    browser.named("ada").await;
    let mut fields = browser.hidden("/sign-in/password");
    fields.push(("password".to_owned(), PASSWORD.to_owned()));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let client = world.anyone().header("cookie", browser.cookie());
    let led = client.form("/sign-in/password", &fields).await.expect(303);
    assert_eq!(led.header("location"), next);
    // Who is signed in already goes there at once.
    let cookie = led.header("set-cookie").split(';').next().unwrap();
    let client = world.anyone().header("cookie", cookie);
    let led = client.get(&link(next)).await.expect(303);
    assert_eq!(led.header("location"), next);
    let anew = format!("{}&prompt=login", link(next));
    client.get(&anew).await.expect(200);
}

#[tokio::test]
async fn a_step_that_was_tampered_with_leads_nowhere() {
    let world = World::new().await;
    let mut browser = at(&world, "192.0.2.1", &link("/device")).await;
    browser.named(ADA).await;
    let (_, at) = browser.page.text.split_once("?at=").unwrap();
    let at = at.split('"').next().unwrap().to_owned();
    let mut bytes = at.into_bytes();
    let middle = bytes.len() / 2;
    bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(bytes).unwrap();
    for at in [forged.as_str(), "", "A", "%00", &"A".repeat(3000)] {
        let mut browser = browser.clone();
        browser.go(&format!("/sign-in/with?at={at}")).await;
        assert_eq!(browser.page.status, 200);
        says(&browser, "action=\"/sign-in\"");
        assert!(!browser.page.text.contains(ADA));
    }
}
