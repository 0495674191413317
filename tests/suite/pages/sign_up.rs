//! An account comes with the first proof of its address, and a password after that.

use tests::World;

use super::{ADA, at, is_in, likeness, says, with_ada};
use crate::auth::PASSWORD;

#[tokio::test]
async fn a_new_account_may_choose_a_password() {
    let world = World::new().await;
    let mut browser = at(&world, "192.0.2.1", "/sign-up").await;
    browser.fill("/sign-up", &[("name", "ada")]).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "name@example.com");
    browser.fill("/sign-up", &[("name", ADA)]).await;
    says(&browser, "Check your mail");
    let code = world.code(ADA);
    browser.fill("/sign-in/code", &[("code", &code)]).await;
    is_in(&browser);
    says(&browser, "Choose a password");
    let typed = [("password", "password")];
    browser.fill("/sign-up/password", &typed).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "Too many people use this password");
    let typed = [("password", PASSWORD)];
    browser.fill("/sign-up/password", &typed).await;
    says(&browser, "You are signed in");
    let mut again = at(&world, "192.0.2.1", "/sign-in").await;
    again.with_password(ADA, PASSWORD).await;
    is_in(&again);
    again.go("/sign-up/password").await;
    says(&again, "You are signed in");
}

#[tokio::test]
async fn who_has_an_account_is_signed_in_and_keeps_the_password() {
    let world = with_ada().await;
    let mut looks = Vec::new();
    for (n, address) in [ADA, "eve@example.com"].into_iter().enumerate() {
        let mut browser = at(&world, &format!("198.51.100.{n}"), "/sign-up").await;
        browser.fill("/sign-up", &[("name", address)]).await;
        looks.push(likeness(&browser, address));
        let code = world.code(address);
        browser.fill("/sign-in/code", &[("code", &code)]).await;
        is_in(&browser);
        let asks = browser.page.text.contains("Choose a password");
        assert_eq!(asks, address != ADA);
    }
    assert_eq!(looks[0], looks[1]);
}

#[tokio::test]
async fn a_first_password_takes_a_fresh_sign_in_of_this_browser() {
    let world = World::new().await;
    let mut browser = at(&world, "192.0.2.1", "/sign-up").await;
    browser.fill("/sign-up", &[("name", ADA)]).await;
    let code = world.code(ADA);
    browser.fill("/sign-in/code", &[("code", &code)]).await;
    world.clock.advance(601);
    let typed = [("password", PASSWORD)];
    browser.fill("/sign-up/password", &typed).await;
    says(&browser, "Ten minutes have passed");
    says(&browser, "action=\"/sign-in\"");
}
