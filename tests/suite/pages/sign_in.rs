//! From a name to a browser that is signed in.

use serde_json::json;
use tests::{Visitor, World};

use super::{ADA, at, is_in, is_out, likeness, says, with_ada};
use crate::auth::PASSWORD;
use crate::auth::phone::{self, PHONE};

#[tokio::test]
async fn a_page_keeps_others_out_and_is_light() {
    let world = World::new().await;
    let style = world.anyone().get("/style.css").await.expect(200);
    assert!(style.header("content-type").starts_with("text/css"));
    for path in [
        "/sign-in",
        "/sign-in?at=garbage&login_hint=x&login_hint=y",
        "/sign-in?continue=%FF",
        "/sign-up",
        "/password",
        "/password/new?token=x",
        "/sign-out",
    ] {
        let page = world.anyone().get(path).await.expect(200);
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.header("content-type").starts_with("text/html"));
        let cookie = page.header("set-cookie");
        assert!(cookie.starts_with("__Host-postern="), "{cookie}");
        for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(
                cookie.contains(part) && !cookie.contains("Domain"),
                "{cookie}"
            );
        }
        assert!(!page.text.contains("<script"));
        assert!(!page.text.contains("style="));
        assert!(page.text.len() + style.text.len() < 30_000, "{path}");
    }
    world.anyone().get("/sign-in/nothing").await.expect(404);
    world
        .anyone()
        .send("PUT", "/sign-in", &json!({}))
        .await
        .expect(405);
}

#[tokio::test]
async fn a_code_signs_in_and_the_first_one_makes_the_account() {
    let world = World::new().await;
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    let before = browser.cookie().to_owned();
    browser.sign_in(ADA).await;
    says(&browser, "You are signed in");
    assert_ne!(browser.cookie(), before, "a new session at sign-in");
    let mut planted = browser.clone().holding(&before);
    planted.go("/sign-in").await;
    is_out(&planted);
    browser.fill("/sign-out", &[]).await;
    says(&browser, "You are signed out");
    browser.go("/sign-in").await;
    is_out(&browser);
}

#[tokio::test]
async fn a_password_signs_in_by_any_name() {
    let world = with_ada().await;
    for name in [ADA, "ada", " ADA "] {
        let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
        browser.with_password(name, PASSWORD).await;
        is_in(&browser);
    }
    let mut browser = at(&world, "192.0.2.2", "/sign-in").await;
    browser.with_password("ada", "a wrong guess").await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "do not go together");
    assert!(!browser.page.text.contains("a wrong guess"));
    browser.fill("/sign-in/password", &[]).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "Please type a password");
    let typed = [("password", PASSWORD)];
    browser.fill("/sign-in/password", &typed).await;
    is_in(&browser);
}

#[tokio::test]
async fn a_number_gets_its_code_by_text() {
    let world = World::new().await;
    phone::ask(&world.anyone(), PHONE).await.expect(200);
    phone::verify(&world.anyone(), PHONE, &world.texted_code(PHONE))
        .await
        .expect(200);
    world.clock.advance(60);
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    browser.ask_for_code(PHONE).await;
    says(&browser, "Check your messages");
    let code = world.texted_code(PHONE);
    browser.fill("/sign-in/code", &[("code", &code)]).await;
    is_in(&browser);
    // One of a country that texts do not go to is offered none.
    let mut other = at(&world, "192.0.2.2", "/sign-in").await;
    other.named("+8613800138000").await;
    assert!(!other.page.text.contains("/sign-in/send"));
}

#[tokio::test]
async fn what_is_offered_does_not_tell_who_exists() {
    let world = with_ada().await;
    let mut looks = Vec::new();
    for (n, name) in [ADA, "eve@example.com"].into_iter().enumerate() {
        let mut browser = at(&world, &format!("198.51.100.{n}"), "/sign-in").await;
        world.tap.clear();
        browser.named(name).await;
        let looked_up = world.tap.calls().into_iter();
        // The cookie, and whether somebody is signed in by it.
        assert!(
            looked_up.clone().all(|call| call.operation == "GetItem"),
            "nobody is looked up"
        );
        assert_eq!(looked_up.count(), 2);
        let offered = likeness(&browser, name);
        browser.fill("/sign-in/send", &[]).await;
        let sent = likeness(&browser, name);
        let asked = world.tap.cost();
        world.tap.clear();
        browser.fill("/sign-in/code", &[("code", "no")]).await;
        looks.push((offered, sent, likeness(&browser, name), asked));
    }
    assert_eq!(looks[0], looks[1]);
}

#[tokio::test]
async fn unknown_wrong_and_locked_look_alike() {
    let world = with_ada().await;
    crate::auth::register(&world.anyone(), "bob", "bob@example.com", PASSWORD)
        .await
        .expect(200);
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
        let mut browser = at(&world, &format!("198.51.100.{n}"), "/sign-in").await;
        world.tap.clear();
        browser.with_password(name, password).await;
        assert_eq!(browser.page.status, 400);
        looks.push((likeness(&browser, name), world.tap.cost()));
    }
    assert_eq!(looks[0], looks[1]);
    assert_eq!(looks[0], looks[2]);
}

#[tokio::test]
async fn what_people_mistype_is_told_beside_its_field() {
    let world = World::new().await;
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    for nobody in ["", " ", "a b c", "x@"] {
        browser.named(nobody).await;
        assert_eq!(browser.page.status, 400, "{nobody}");
        says(&browser, "aria-describedby=\"problem\"");
    }
    browser.named("\"><script>@example.com").await;
    assert!(!browser.page.text.contains("<script"));
    browser.ask_for_code(ADA).await;
    browser.fill("/sign-in/send", &[]).await;
    assert_eq!(browser.page.status, 200);
    says(&browser, "a moment ago");
    browser.fill("/sign-in/code", &[]).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "Please type the code");
    let wrong = world.wrong_code(ADA);
    browser.fill("/sign-in/code", &[("code", &wrong)]).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "does not work");
    let code = format!(" {} ", world.code(ADA));
    browser.fill("/sign-in/code", &[("code", &code)]).await;
    is_in(&browser);
}

#[tokio::test]
async fn a_form_of_another_browser_is_refused_and_so_is_its_step() {
    let world = with_ada().await;
    let mut ada = at(&world, "192.0.2.1", "/sign-in").await;
    ada.named(ADA).await;
    let mut eve = at(&world, "192.0.2.66", "/sign-in").await;
    eve.named("eve@example.com").await;
    let hers = |name: &str| {
        let mut hidden = eve.hidden("/sign-in/password").into_iter();
        hidden.rfind(|(field, _)| field == name).unwrap().1
    };
    for wrong in ["", "x", &hers("token")] {
        let mut ada = ada.clone();
        let typed = [("token", wrong), ("password", PASSWORD)];
        ada.fill("/sign-in/password", &typed).await;
        assert_eq!(ada.page.status, 403, "{}", ada.page.text);
    }
    // A step is good in the browser that it was sealed for: others begin again.
    let at = hers("at");
    let mut led = ada.clone();
    led.go(&format!("/sign-in/with?at={at}")).await;
    assert!(!led.page.text.contains("eve@example.com"));
    let typed = [("at", at.as_str()), ("password", PASSWORD)];
    ada.fill("/sign-in/password", &typed).await;
    is_out(&ada);
    says(&ada, "action=\"/sign-in\"");
    let mut without = eve.clone().holding("");
    without
        .fill("/sign-in/password", &[("password", PASSWORD)])
        .await;
    assert_eq!(without.page.status, 403);
    // A form from another site says so.
    let crossing = world
        .anyone()
        .header("cookie", eve.cookie())
        .header("sec-fetch-site", "cross-site");
    let token = hers("token");
    let forged = [("token", token.as_str()), ("name", ADA)];
    crossing.form("/sign-in", &forged).await.expect(403);
}

#[tokio::test]
async fn who_is_signed_in_signs_in_anew_where_that_is_asked_for() {
    let world = with_ada().await;
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    browser.sign_in(ADA).await;
    let hers = browser.cookie().to_owned();
    browser.go("/sign-in?prompt=login").await;
    is_in(&browser);
    says(&browser, "action=\"/sign-in\"");
    browser.with_password("ada", PASSWORD).await;
    is_in(&browser);
    assert_ne!(browser.cookie(), hers);
    // Signing out is a form, never a link.
    browser.go("/sign-out").await;
    says(&browser, "Sign out?");
    browser.go("/sign-in").await;
    is_in(&browser);
}

#[tokio::test]
async fn a_hint_fills_the_name_in() {
    let world = World::new().await;
    let mut browser = Visitor::open(world.anyone(), "/sign-in?login_hint=ada%40example.com").await;
    says(&browser, "value=\"ada@example.com\"");
    browser.go("/sign-in?login_hint=%22%3E%3Cscript%3E").await;
    assert!(!browser.page.text.contains("<script"));
}
