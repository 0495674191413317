//! What a client has the person asked: `prompt`, `max_age`, `id_token_hint`.

use tests::World;

use super::client::{App, Browser};

#[tokio::test]
async fn prompt_none_shows_no_page_whatever_is_missing() {
    let world = World::new().await;
    let (app, others) = (App::new(&world).await, {
        let client = domain::client::Client {
            id: "others".to_owned(),
            first_party: false,
            ..super::client::app(&world)
        };
        App::of(&world, client).await
    });
    let none = [("prompt", "none")];
    let mut nobody = Browser::new(&world).await;
    nobody.go(&app.request(&none)).await;
    assert_eq!(nobody.answered()["error"], "login_required");
    assert!(nobody.cookies.is_empty());
    let mut ada = Browser::of_ada(&world).await;
    ada.go(&others.request(&none)).await;
    assert_eq!(ada.answered()["error"], "consent_required");
    world.clock.advance(10);
    ada.go(&app.request(&[("prompt", "none"), ("max_age", "1")]))
        .await;
    assert_eq!(ada.answered()["error"], "login_required");
    let code = ada.code(&app.request(&none)).await;
    app.exchange(&code, &[]).await.expect(200);
}

#[tokio::test]
async fn prompt_login_wants_another_sign_in() {
    for prompt in ["login", "select_account"] {
        let world = World::new().await;
        let app = App::new(&world).await;
        let mut ada = Browser::of_ada(&world).await;
        ada.go(&app.request(&[("prompt", prompt)])).await;
        assert!(
            ada.sent_to().ends_with("&prompt=login"),
            "{}",
            ada.sent_to()
        );
        let waits = ada.waits_as();
        ada.go(&waits).await;
        assert!(
            ada.sent_to().starts_with("/sign-in?"),
            "the sign-in of before will not do"
        );
        ada.sign_in("ada@example.com").await;
        ada.go(&waits).await;
        let code = ada.answered()["code"].clone();
        app.exchange(&code, &[]).await.expect(200);
    }
}

#[tokio::test]
async fn max_age_is_the_age_of_the_sign_in() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    world.clock.advance(10);
    let code = ada.code(&app.request(&[("max_age", "10000")])).await;
    app.exchange(&code, &[]).await.expect(200);
    for age in ["1", "0"] {
        world.clock.advance(10);
        ada.go(&app.request(&[("max_age", age)])).await;
        let waits = ada.waits_as();
        ada.sign_in("ada@example.com").await;
        // However long the way back takes.
        world.clock.advance(30);
        ada.go(&waits).await;
        assert!(ada.answered().contains_key("code"), "{age}");
    }
}

#[tokio::test]
async fn a_hint_names_the_person_who_is_expected() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let tokens = app.tokens(&mut ada, &[]).await;
    let hint = tokens.str("id_token").to_owned();
    let hinted = [("id_token_hint", hint.as_str()), ("prompt", "none")];
    world.clock.advance(7200);
    let code = ada.code(&app.request(&hinted)).await;
    app.exchange(&code, &[]).await.expect(200);
    let mut grace = Browser::new(&world).await;
    grace.sign_in("grace@example.com").await;
    grace.go(&app.request(&hinted)).await;
    assert_eq!(grace.answered()["error"], "login_required");
}

#[tokio::test]
async fn a_browser_stays_signed_in_for_half_a_day() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    world.clock.advance(12 * 3600 - 1);
    let code = ada.code(&app.request(&[])).await;
    app.exchange(&code, &[]).await.expect(200);
    world.clock.advance(1);
    ada.go(&app.request(&[("prompt", "none")])).await;
    assert_eq!(ada.answered()["error"], "login_required");
}
