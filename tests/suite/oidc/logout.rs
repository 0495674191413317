//! Signing a browser out, for a client and for the person.

use tests::World;

use super::client::{App, Browser, SIGNED_OUT, parameters_of};

fn path(pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    format!("/oauth/logout?{}", query.extend_pairs(pairs).finish())
}

async fn is_signed_in(app: &App<'_>, browser: &mut Browser<'_>) -> bool {
    browser.go(&app.request(&[("prompt", "none")])).await;
    browser.answered().contains_key("code")
}

#[tokio::test]
async fn a_hint_of_this_sign_in_signs_out_at_once() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let lasting = app
        .tokens(&mut ada, &[("scope", "openid offline_access")])
        .await;
    let tokens = app.tokens(&mut ada, &[]).await;
    let hint = tokens.str("id_token").to_owned();
    let asked = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", SIGNED_OUT),
        ("state", "bye"),
    ];
    ada.go(&path(&asked)).await;
    assert_eq!(ada.page.status, 303);
    assert_eq!(parameters_of(&ada.sent_to(), SIGNED_OUT)["state"], "bye");
    assert!(!is_signed_in(&app, &mut ada).await);
    app.userinfo(tokens.str("access_token")).await.expect(401);
    app.userinfo(lasting.str("access_token")).await.expect(200);
    // There is nothing left to end, and the way back is the same.
    ada.go(&path(&asked)).await;
    assert_eq!(ada.page.status, 303);
}

#[tokio::test]
async fn without_a_hint_the_person_is_asked() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let mut grace = Browser::new(&world).await;
    grace.sign_in("grace@example.com").await;
    let hers = app.tokens(&mut grace, &[]).await;
    let older = app.tokens(&mut ada, &[]).await;
    let old = older.str("id_token").to_owned();
    ada.sign_in("ada@example.com").await;
    for hint in [
        "",
        "a.b.c",
        hers.str("id_token"),
        &old,
        older.str("access_token"),
    ] {
        let asked = [
            ("id_token_hint", hint),
            ("client_id", "app"),
            ("post_logout_redirect_uri", SIGNED_OUT),
        ];
        let asked: Vec<_> = asked
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        ada.go(&path(&asked)).await;
        assert_eq!(ada.page.status, 200);
        assert!(
            ada.page.text.contains("Sign out?"),
            "{hint}: {}",
            ada.page.text
        );
        assert!(is_signed_in(&app, &mut ada).await, "{hint}");
    }
    ada.send("/oauth/logout/confirm", &[]).await;
    assert_eq!(ada.page.status, 403, "not our form");
    ada.go(&path(&[
        ("client_id", "app"),
        ("post_logout_redirect_uri", SIGNED_OUT),
    ]))
    .await;
    ada.press("/oauth/logout/confirm", &[]).await;
    assert_eq!(ada.sent_to(), SIGNED_OUT);
    assert!(!is_signed_in(&app, &mut ada).await);
    assert!(is_signed_in(&app, &mut grace).await);
}

#[tokio::test]
async fn nobody_is_sent_where_the_client_did_not_register() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    for trick in [
        "https://evil.example/bye",
        "https://app.example.com/bye/",
        "https://app.example.com/bye?x",
        "https://app.example.com/cb",
        "https://app.example.com@evil.example/bye",
        "//evil.example/bye",
        "javascript:alert(1)",
    ] {
        let tokens = app.tokens(&mut ada, &[]).await;
        let hint = ("id_token_hint", tokens.str("id_token"));
        ada.go(&path(&[hint, ("post_logout_redirect_uri", trick)]))
            .await;
        assert_eq!(ada.page.status, 200, "{trick}");
        assert!(ada.page.text.contains("You are signed out"), "{trick}");
        assert!(!ada.page.text.contains("evil"), "{trick}");
        ada.sign_in("ada@example.com").await;
    }
    let mut nobody = Browser::new(&world).await;
    for pairs in [
        &[("post_logout_redirect_uri", SIGNED_OUT)][..],
        &[
            ("post_logout_redirect_uri", SIGNED_OUT),
            ("client_id", "other"),
        ],
    ] {
        nobody.go(&path(pairs)).await;
        assert_eq!(nobody.page.status, 200, "no client says so");
    }
}

#[tokio::test]
async fn a_form_signs_out_as_a_link_does() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let tokens = app.tokens(&mut ada, &[]).await;
    let hint = ("id_token_hint", tokens.str("id_token"));
    ada.send("/oauth/logout", &[hint]).await;
    let to = ada.sent_to();
    ada.go(&to).await;
    assert!(ada.page.text.contains("You are signed out"));
    assert!(!is_signed_in(&app, &mut ada).await);
}
