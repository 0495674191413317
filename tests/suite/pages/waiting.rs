//! What else a sign-in may wait for: a proof of its address, another password.

use super::{ADA, at, is_in, is_out, says, with_ada};
use crate::auth::{OTHER, PASSWORD, register};
use tests::World;

#[tokio::test]
async fn an_address_is_proven_on_the_way_and_the_account_keeps_what_it_has() {
    let world = World::new().await;
    register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    world.clock.advance(120);
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    browser.with_password("ada", PASSWORD).await;
    says(&browser, "Confirm your address");
    is_out(&browser);
    let code = world.code(ADA);
    let wrong = if code == "123456" { "123457" } else { "123456" };
    browser.fill("/sign-in/proof", &[("code", wrong)]).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "does not work");
    browser.fill("/sign-in/proof/send", &[]).await;
    assert_eq!(browser.page.status, 429);
    browser.fill("/sign-in/proof", &[("code", &code)]).await;
    is_in(&browser);
    // The password is still hers.
    let mut again = at(&world, "192.0.2.1", "/sign-in").await;
    again.with_password(ADA, PASSWORD).await;
    is_in(&again);
}

#[tokio::test]
async fn a_password_that_has_to_be_replaced_is_replaced_on_the_way() {
    let world = with_ada().await;
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    browser.with_password("ada", PASSWORD).await;
    says(&browser, "Choose another password");
    is_out(&browser);
    for (typed, said) in [
        ("", "Please type a password"),
        ("short", "8 characters are the least"),
        ("ada@example.com", "made of your name or address"),
        (PASSWORD, "had this password before"),
    ] {
        let typed = [("password", typed)];
        browser.fill("/sign-in/new-password", &typed).await;
        assert_eq!(browser.page.status, 400);
        says(&browser, said);
    }
    let typed = [("password", OTHER)];
    browser.fill("/sign-in/new-password", &typed).await;
    is_in(&browser);
    let mut again = at(&world, "192.0.2.1", "/sign-in").await;
    again.with_password("ada", OTHER).await;
    is_in(&again);
}

#[tokio::test]
async fn what_ends_the_account_ends_the_sign_in_that_waits() {
    let world = with_ada().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    world.clock.advance(60);
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    browser.with_password("ada", PASSWORD).await;
    let mut late = browser.clone();
    let address = domain::EmailAddress::parse(ADA).unwrap();
    world.postern.lock_user(&address).await.unwrap();
    let code = app.code(world.now());
    browser.fill("/sign-in/factor", &[("code", &code)]).await;
    assert_eq!(browser.page.status, 400);
    is_out(&browser);
    world.postern.unlock_user(&address).await.unwrap();
    world.clock.advance(901);
    let code = app.code(world.now());
    late.fill("/sign-in/factor", &[("code", &code)]).await;
    assert_eq!(late.page.status, 400, "it waited too long");
    is_out(&late);
}
