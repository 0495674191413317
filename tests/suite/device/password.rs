//! Signing in for a device by password.

use tests::{Visitor, World};

use crate::api::{ADA, Device};
use crate::auth::{PASSWORD, login, register};

const FORM: &str = "/sign-in/password";

/// A browser that asks who signs in.
async fn asked<'w>(world: &'w World, ip: &str) -> Visitor<'w> {
    let browser = Visitor::open(world.at(ip), "/device").await;
    assert_eq!(browser.page.status, 200);
    browser
}

async fn try_password(browser: &mut Visitor<'_>, name: &str, password: &str) -> u16 {
    browser.with_password(name, password).await;
    browser.page.status
}

#[tokio::test]
async fn a_password_signs_in_and_the_code_of_the_link_goes_along() {
    let world = World::new().await;
    register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    world.prove(ADA).await;
    let device = Device::asking(&world).await;
    let link = format!("/device?user_code={}", device.user_code);
    let mut browser = Visitor::open(world.anyone(), &link).await;
    let before = browser.cookie().to_owned();
    let mut typo = browser.clone();
    assert_eq!(try_password(&mut typo, "ada", "a wrong guess").await, 400);
    assert!(typo.page.text.contains("do not go together"));
    assert!(
        typo.page.text.contains("<strong>ada</strong>"),
        "the name is kept"
    );
    assert!(
        !typo.page.text.contains("a wrong guess"),
        "the password is not"
    );
    typo.fill(FORM, &[("password", PASSWORD)]).await;
    assert!(typo.page.text.contains("To approve, type the code"));
    assert_eq!(try_password(&mut browser, "Ada", PASSWORD).await, 200);
    assert_ne!(browser.cookie(), before, "a new session at sign-in");
    let typed = [("user_code", device.user_code.as_str())];
    browser.fill("/device/approve", &typed).await;
    assert!(browser.page.text.contains("is connected"));
    let got = device.poll().await.expect(200);
    let bearer = world.anyone().bearing(got.str("access"));
    bearer.get("/cfg/accounts/profile/").await.expect(200);
}

#[tokio::test]
async fn unknown_wrong_and_locked_look_alike() {
    let world = World::new().await;
    for name in ["ada", "bob"] {
        let address = format!("{name}@example.com");
        register(&world.anyone(), name, &address, PASSWORD)
            .await
            .expect(200);
    }
    let bob = domain::EmailAddress::parse("bob@example.com").unwrap();
    world.postern.lock_user(&bob).await.unwrap();
    let mut looks = Vec::new();
    for (n, (name, password)) in [
        ("ada", "a wrong guess"),
        ("bob", PASSWORD),
        ("eve", PASSWORD),
    ]
    .into_iter()
    .enumerate()
    {
        let mut browser = asked(&world, &format!("198.51.100.{n}")).await;
        world.tap.clear();
        assert_eq!(try_password(&mut browser, name, password).await, 400);
        let calls = world.tap.cost();
        let mut page = browser.page.text.replace(name, "…");
        for (_, hidden) in browser.hidden(FORM) {
            page = page.replace(&hidden, "…");
        }
        looks.push((page, calls));
    }
    assert_eq!(looks[0], looks[1]);
    assert_eq!(looks[0], looks[2]);
}

#[tokio::test]
async fn guesses_count_with_those_at_every_other_door() {
    let world = World::new().await;
    register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    for n in 0..3 {
        let mut browser = asked(&world, &format!("203.0.113.{n}")).await;
        assert_eq!(try_password(&mut browser, ADA, "a wrong guess").await, 400);
    }
    for n in 3..5 {
        let stranger = world.at(&format!("203.0.113.{n}"));
        login(&stranger, ADA, "a wrong guess").await.expect(401);
    }
    let mut browser = asked(&world, "203.0.113.9").await;
    assert_eq!(try_password(&mut browser, ADA, PASSWORD).await, 429);
    assert!(
        browser.page.text.contains("wait 30 seconds"),
        "{}",
        browser.page.text
    );
    let stranger = world.at("203.0.113.10");
    login(&stranger, ADA, PASSWORD).await.expect(429);
}

#[tokio::test]
async fn a_second_factor_is_asked_for() {
    let world = World::new().await;
    register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    // The first proof of the address ends what was set up before it, the password too.
    world.set_user(ADA, |user| user.email_verified = true).await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    world.clock.advance(60);
    let mut browser = asked(&world, "192.0.2.1").await;
    assert_eq!(try_password(&mut browser, ADA, PASSWORD).await, 200);
    assert!(!browser.page.text.contains("Signed in as"));
    let mut elsewhere = browser.clone();
    elsewhere.go("/device").await;
    assert!(
        !elsewhere.page.text.contains("Signed in as"),
        "half a sign-in is none"
    );
    let code = app.code(world.now());
    browser.fill("/sign-in/factor", &[("code", &code)]).await;
    assert!(browser.page.text.contains("Signed in as"));
}
