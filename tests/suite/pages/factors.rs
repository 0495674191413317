//! The second factor, of every kind that a page can ask for.

use serde_json::{Value, json};
use tests::{Anyone, Visitor, World};

use super::{ADA, at, is_in, is_out, says, with_ada};
use crate::auth::phone::{self, PHONE};
use crate::auth::{PASSWORD, login};

/// Ada's bearer.
async fn bearer(world: &World) -> Anyone<'_> {
    let answer = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    world.anyone().bearing(answer.str("access_token"))
}

async fn set_up(bearer: &Anyone<'_>, factor: &str) {
    let body = json!({ "methodName": factor });
    let path = "/nauth/mfa/setup-data";
    bearer.post(path, &body).await.expect(200);
}

/// A browser with Ada's password shown.
async fn asked<'w>(world: &'w World) -> Visitor<'w> {
    let mut browser = at(world, "192.0.2.1", "/sign-in").await;
    browser.with_password("ada", PASSWORD).await;
    is_out(&browser);
    browser
}

#[tokio::test]
async fn an_authenticator_or_a_backup_code() {
    let world = with_ada().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    world.clock.advance(60);
    let mut browser = asked(&world).await;
    says(&browser, "authenticator app shows");
    browser.fill("/sign-in/factor", &[]).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "Please type the code");
    browser.fill("/sign-in/factor", &[("code", "000000")]).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "Tries left");
    let waiting = browser.clone();
    let code = app.code(world.now());
    browser.fill("/sign-in/factor", &[("code", &code)]).await;
    is_in(&browser);
    let mut again = waiting;
    again.fill("/sign-in/factor", &[("code", &code)]).await;
    assert_eq!(again.page.status, 400, "each sign-in completes once");
    is_out(&again);
    let mut browser = asked(&world).await;
    let backup = [("code", app.backup_codes[0].as_str())];
    browser.fill("/sign-in/factor", &backup).await;
    is_in(&browser);
}

#[tokio::test]
async fn a_code_by_mail() {
    let world = with_ada().await;
    set_up(&bearer(&world).await, "email").await;
    world.clock.advance(120);
    let mut browser = asked(&world).await;
    says(&browser, "a***@example.com");
    assert!(!browser.page.text.contains("authenticator app shows"));
    let code = world.code(ADA);
    let wrong = if code == "123456" { "123457" } else { "123456" };
    browser.fill("/sign-in/factor", &[("code", wrong)]).await;
    assert_eq!(browser.page.status, 400);
    browser.fill("/sign-in/factor/send", &[]).await;
    assert_eq!(browser.page.status, 429, "too soon");
    says(&browser, "a moment ago");
    browser.fill("/sign-in/factor", &[("code", &code)]).await;
    is_in(&browser);
}

#[tokio::test]
async fn one_of_several_is_chosen() {
    let world = World::new().await;
    let client = world.anyone();
    // Her number and her address, each with its proof, and a password.
    phone::ask(&client, PHONE).await.expect(200);
    let by_phone = phone::verify(&client, PHONE, &world.texted_code(PHONE)).await;
    let bearer = world
        .anyone()
        .bearing(by_phone.expect(200).str("access_token"));
    let body = json!({ "email": ADA });
    bearer.send("PUT", "/auth/profile", &body).await.expect(200);
    let token = json!({ "token": crate::auth::letter_token(&world, ADA) });
    bearer.post("/auth/confirm-email", &token).await.expect(200);
    world.clock.advance(60);
    let ada = client.sign_in(ADA).await;
    let body = json!({ "password": PASSWORD });
    ada.client()
        .send("PUT", "/auth/profile", &body)
        .await
        .expect(200);
    for factor in ["sms", "email"] {
        set_up(&ada.client(), factor).await;
    }
    world.clock.advance(120);
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    browser.with_password(ADA, PASSWORD).await;
    is_out(&browser);
    says(&browser, "Another way");
    world.clock.advance(120);
    let (hidden, before) = (
        browser.hidden("/sign-in/factor/send"),
        world.mail(ADA).len(),
    );
    assert!(!hidden.is_empty());
    // By mail, whichever is asked for first.
    browser
        .fill("/sign-in/factor/send", &[("by", "email")])
        .await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    says(
        &browser,
        "Type the code that is sent to <strong>a***@example.com",
    );
    assert_eq!(world.mail(ADA).len(), before + 1);
    world.clock.advance(120);
    browser.fill("/sign-in/factor/send", &[("by", "sms")]).await;
    says(&browser, "5678");
    let code = world.texted_code(PHONE);
    browser.fill("/sign-in/factor", &[("code", &code)]).await;
    is_in(&browser);
    // A kind that the account has not is refused.
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    browser.with_password(ADA, PASSWORD).await;
    browser
        .fill("/sign-in/factor", &[("by", "app"), ("code", "000000")])
        .await;
    assert_eq!(browser.page.status, 400);
    is_out(&browser);
}

/// nauth's own sign-in that waits is none of the pages', and the other way round.
#[tokio::test]
async fn a_sign_in_of_another_contract_is_not_gone_on_with() {
    let world = with_ada().await;
    set_up(&bearer(&world).await, "email").await;
    world.clock.advance(120);
    let body = json!({ "identifier": ADA, "password": PASSWORD });
    let waits = world.anyone().post("/nauth/login", &body).await;
    let session = waits.expect(200).str("session").to_owned();
    let browser = asked(&world).await;
    let cookie = browser.cookie().split_once('=').unwrap().1;
    let step = flows::PageStep {
        waiting: session.parse().ok(),
        ..flows::PageStep::default()
    };
    let at = world.postern.seal_step(cookie, &step).unwrap();
    let mut led = browser.clone();
    led.go(&format!("/sign-in/next?at={at}")).await;
    assert_eq!(led.page.status, 400);
    let hidden = browser.hidden("/sign-in/factor");
    let own = &hidden.iter().find(|(name, _)| name == "at").unwrap().1;
    let own = world.postern.open_step(cookie, own).unwrap().waiting;
    let body = json!({
        "session": own.unwrap(), "type": "MFA_REQUIRED", "method": "email",
        "code": world.code(ADA),
    });
    let refused: Value = world
        .anyone()
        .post("/nauth/respond-challenge", &body)
        .await
        .body;
    assert!(refused["accessToken"].is_null(), "{refused}");
}
