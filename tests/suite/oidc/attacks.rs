//! What an attacker tries (RFC 9700, RFC 6819), and gets nothing for.

use domain::client::Client;
use tests::World;

use super::client::{App, Browser, SIGNED_OUT, app};

#[tokio::test]
async fn no_answer_goes_anywhere_but_to_a_registered_address() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    for trick in [
        "https://app.example.com/cb/",
        "https://app.example.com/cb/../evil",
        "https://app.example.com/CB",
        "https://APP.example.com/cb",
        "https://app.example.com/%63b",
        "https://app.example.com:8443/cb",
        "https://app.example.com/cb?next=https://evil.example",
        "https://app.example.com/cb#x",
        "https://evil@app.example.com/cb",
        "https://app.example.com@evil.example/cb",
        "https://app.example.com.evil.example/cb",
        "https://evil.example\\@app.example.com/cb",
        "https://\u{430}pp.example.com/cb",
        "http://app.example.com/cb",
        "//app.example.com/cb",
        "/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        SIGNED_OUT,
        "",
    ] {
        for more in [("prompt", "none"), ("response_type", "nothing")] {
            ada.go(&app.request(&[("redirect_uri", trick), more])).await;
            assert_eq!(ada.page.status, 400, "{trick}");
            assert_eq!(ada.page.header("location"), "");
            assert!(
                ada.page.text.contains("not its own"),
                "{trick}: {}",
                ada.page.text
            );
            assert!(!ada.page.text.contains("evil"), "{trick}");
        }
    }
    let twice = format!(
        "{}&redirect_uri=https%3A%2F%2Fevil.example",
        app.request(&[])
    );
    ada.go(&twice).await;
    assert_eq!(ada.page.status, 400);
    ada.go(&app.request(&[("client_id", "nobody")])).await;
    assert_eq!(ada.page.status, 400);
    assert!(ada.page.text.contains("is not known here"));
    assert_eq!(ada.page.header("x-frame-options"), "DENY");
}

#[tokio::test]
async fn a_code_of_one_client_buys_another_nothing() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let evil = App::of(
        &world,
        Client {
            id: "evil".to_owned(),
            ..super::client::app(&world)
        },
    )
    .await;
    let mut ada = Browser::of_ada(&world).await;
    let code = ada.code(&app.request(&[])).await;
    let answer = evil.exchange(&code, &[]).await.expect(400);
    assert_eq!(answer.str("error"), "invalid_grant");
    // It was not spent by that.
    app.exchange(&code, &[]).await.expect(200);
    // Nor is a refresh token another's, nor a token of one client's the other's to show.
    let tokens = app
        .tokens(&mut ada, &[("scope", "openid offline_access")])
        .await;
    let taken = evil
        .refresh(tokens.str("refresh_token"), &[])
        .await
        .expect(400);
    assert_eq!(taken.str("error"), "invalid_grant");
    let hint = [
        ("id_token_hint", tokens.str("id_token")),
        ("client_id", "evil"),
    ];
    ada.go(&evil.request(&hint)).await;
    assert_eq!(
        ada.answered()["error"],
        "invalid_request",
        "a hint of another client's"
    );
}

#[tokio::test]
async fn pkce_is_not_to_be_talked_out_of() {
    let world = World::new().await;
    let app = App::with_secret(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    for change in [
        &[("code_challenge", ""), ("code_challenge_method", "")][..],
        &[("code_challenge_method", "plain")],
        &[("code_challenge_method", "")],
        &[("code_challenge_method", "s256")],
        &[("code_challenge", "short")],
    ] {
        ada.go(&app.request(change)).await;
        assert_eq!(ada.answered()["error"], "invalid_request", "{change:?}");
    }
    let code = ada.code(&app.request(&[])).await;
    for verifier in ["", "x", super::client::CHALLENGE] {
        let answer = app.exchange(&code, &[("code_verifier", verifier)]).await;
        assert_eq!(answer.status, 400, "{verifier}");
    }
}

#[tokio::test]
async fn a_request_goes_on_in_its_own_browser_alone() {
    let world = World::new().await;
    let app = App::new(&world).await;
    // The attacker begins, and has the victim open the link.
    let mut attacker = Browser::new(&world).await;
    attacker.go(&app.request(&[])).await;
    let waits = attacker.waits_as();
    let mut victim = Browser::of_ada(&world).await;
    victim.go(&waits).await;
    assert_eq!(victim.page.status, 400);
    victim
        .cookies
        .insert("__Host-postern-request".to_owned(), "A".repeat(43));
    victim.go(&waits).await;
    assert_eq!(victim.page.status, 400);
    let name = waits.rsplit('/').next().unwrap();
    let text = format!("{:?}", world.dump(&world.table).await);
    assert!(!text.contains(name), "the name is in the table");
    for made_up in [
        "/oauth/authorize/x",
        &format!("/oauth/authorize/{}", "A".repeat(43)),
    ] {
        attacker.go(made_up).await;
        assert_eq!(attacker.page.status, 400);
    }
    world.clock.advance(600);
    attacker.go(&waits).await;
    assert_eq!(attacker.page.status, 400, "ten minutes are over");
}

#[tokio::test]
async fn a_client_that_took_a_removed_ones_name_inherits_nothing() {
    let world = World::new().await;
    let first = App::of_others(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    ada.go(&first.request(&[("scope", "openid offline_access")]))
        .await;
    let waits = ada.waits_as();
    ada.go(&waits).await;
    ada.press(&waits, &[("decision", "allow")]).await;
    ada.go(&waits).await;
    let tokens = first
        .exchange(&ada.answered()["code"], &[])
        .await
        .expect(200);
    let code = ada.code(&first.request(&[("scope", "openid")])).await;
    world.postern.remove_client("app").await.unwrap();
    let gone = first
        .refresh(tokens.str("refresh_token"), &[])
        .await
        .expect(400);
    assert_eq!(gone.str("error"), "invalid_client");
    world.clock.advance(1);
    let heir = Client {
        first_party: false,
        ..app(&world)
    };
    let heir = App::of(&world, heir).await;
    heir.exchange(&code, &[]).await.expect(400);
    heir.refresh(tokens.str("refresh_token"), &[])
        .await
        .expect(400);
    world.clock.advance(60);
    ada.go(&heir.request(&[("prompt", "none")])).await;
    assert_eq!(ada.answered()["error"], "consent_required");
}

#[tokio::test]
async fn nothing_in_the_table_signs_a_client_in() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let code = ada.code(&app.request(&[])).await;
    let text = format!("{:?}", world.dump(&world.table).await);
    assert!(!text.contains(&code));
    for cookie in ada.cookies.values() {
        assert!(!text.contains(cookie));
    }
    let tokens = app.exchange(&code, &[]).await.expect(200);
    let text = format!("{:?}", world.dump(&world.table).await);
    assert!(!text.contains(tokens.str("access_token")));
}
