//! The person is asked whether a client may know them, and takes it back.

use tests::World;

use super::client::{ADA, App, Browser};

/// Ada's browser, asked by a client of others.
async fn asked<'w>(app: &App<'w>, change: &[(&str, &str)]) -> (Browser<'w>, String) {
    let mut ada = Browser::of_ada(app.world).await;
    ada.go(&app.request(change)).await;
    let waits = ada.waits_as();
    ada.go(&waits).await;
    assert_eq!(ada.page.status, 200, "{}", ada.page.text);
    assert!(
        ada.page.text.contains("The App asks to know you"),
        "{}",
        ada.page.text
    );
    (ada, waits)
}

#[tokio::test]
async fn a_yes_is_remembered_for_what_was_asked() {
    let world = World::new().await;
    let app = App::of_others(&world).await;
    let (mut ada, waits) = asked(&app, &[]).await;
    let text = ada.page.text.clone();
    for said in [
        "recognise you",
        "see your e-mail address",
        "app.example.com/cb",
        ADA,
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("telephone"));
    ada.press(&waits, &[("decision", "allow")]).await;
    assert_eq!(ada.sent_to(), waits);
    ada.go(&waits).await;
    let code = ada.answered()["code"].clone();
    app.exchange(&code, &[]).await.expect(200);
    ada.code(&app.request(&[("prompt", "none")])).await;
    ada.code(&app.request(&[("scope", "openid")])).await;
    ada.go(&app.request(&[("scope", "openid profile")])).await;
    assert!(
        ada.waits_as().starts_with("/oauth/authorize/"),
        "more than was agreed to"
    );
    ada.go(&app.request(&[("prompt", "consent")])).await;
    assert!(
        ada.waits_as().starts_with("/oauth/authorize/"),
        "asked for again"
    );
}

#[tokio::test]
async fn a_no_is_one_tap() {
    let world = World::new().await;
    let app = App::of_others(&world).await;
    let (mut ada, waits) = asked(&app, &[]).await;
    ada.press(&waits, &[("decision", "refuse")]).await;
    let answered = ada.answered();
    assert_eq!(
        (answered["error"].as_str(), answered["state"].as_str()),
        ("access_denied", "s t&te")
    );
    ada.go(&waits).await;
    assert_eq!(ada.page.status, 400);
    ada.go(&app.request(&[("prompt", "none")])).await;
    assert_eq!(ada.answered()["error"], "consent_required");
}

#[tokio::test]
async fn what_was_agreed_to_ends_at_once_when_it_is_taken_back() {
    let world = World::new().await;
    let app = App::of_others(&world).await;
    let (mut ada, waits) = asked(&app, &[("scope", "openid offline_access account")]).await;
    assert!(ada.page.text.contains("use your account"));
    ada.press(&waits, &[("decision", "allow")]).await;
    ada.go(&waits).await;
    let tokens = app.exchange(&ada.answered()["code"], &[]).await.expect(200);
    let bearer = world.anyone().bearing(tokens.str("access_token"));
    bearer.get("/cfg/accounts/profile/").await.expect(200);
    let outstanding = ada.code(&app.request(&[("scope", "openid account")])).await;
    let found = world
        .postern
        .find_user(&domain::EmailAddress::parse(ADA).unwrap())
        .await;
    let user = found.unwrap();
    let given = world.postern.consents(&user).await.unwrap();
    assert_eq!((given.len(), given[0].client.as_str()), (1, "app"));
    let meta = flows::RequestMeta::of_command_line(world.now());
    world
        .postern
        .withdraw_consent(&meta, &user, "app")
        .await
        .unwrap();
    assert_eq!(bearer.get("/cfg/accounts/profile/").await.status, 401);
    app.userinfo(tokens.str("access_token")).await.expect(401);
    app.refresh(tokens.str("refresh_token"), &[])
        .await
        .expect(400);
    app.exchange(&outstanding, &[]).await.expect(400);
    let again = world.postern.withdraw_consent(&meta, &user, "app").await;
    assert_eq!(again, Err(domain::Error::Missing));
    // A new yes does not bring the old tokens back.
    ada.go(&app.request(&[("scope", "openid offline_access account")]))
        .await;
    let waits = ada.waits_as();
    ada.go(&waits).await;
    ada.press(&waits, &[("decision", "allow")]).await;
    app.userinfo(tokens.str("access_token")).await.expect(401);
}

#[tokio::test]
async fn only_the_form_that_this_browser_was_shown_says_yes() {
    let world = World::new().await;
    let app = App::of_others(&world).await;
    let (mut ada, waits) = asked(&app, &[]).await;
    for forged in [
        &[("decision", "allow")][..],
        &[("decision", "allow"), ("token", "x")],
    ] {
        ada.send(&waits, forged).await;
        assert_eq!(ada.page.status, 403);
    }
    // A form token of another browser's is none of hers.
    let (mut grace, other) = {
        let mut grace = Browser::new(&world).await;
        grace.sign_in("grace@example.com").await;
        grace.go(&app.request(&[])).await;
        let other = grace.waits_as();
        grace.go(&other).await;
        (grace, other)
    };
    let hers = grace.hidden();
    let token = [("token", hers[0].1.as_str()), ("decision", "allow")];
    ada.send(&waits, &token).await;
    assert_eq!(ada.page.status, 403);
    grace.press(&other, &[("decision", "allow")]).await;
    assert_eq!(grace.page.status, 303);
    ada.go(&app.request(&[("prompt", "none")])).await;
    assert_eq!(ada.answered()["error"], "consent_required");
}

#[tokio::test]
async fn the_question_is_asked_in_german_and_framed_by_nobody() {
    let world = World::new().await;
    let app = App::of_others(&world).await;
    let (ada, waits) = asked(&app, &[]).await;
    let cookies: Vec<String> = ada
        .cookies
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    let client = world.anyone().header("cookie", &cookies.join("; "));
    let page = client
        .header("accept-language", "de")
        .get(&waits)
        .await
        .expect(200);
    assert!(
        page.text.contains("The App möchte Sie kennen"),
        "{}",
        page.text
    );
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    assert!(
        page.header("content-security-policy")
            .contains("form-action 'self';")
    );
}
