//! A code is good once, for a minute, for its client.

use futures_util::future::join_all;
use tests::{Answer, World};

use super::client::{App, Browser, SIGNED_OUT};

fn refused(answer: &Answer, error: &str) {
    assert_eq!(answer.body["error"], error, "{}", answer.text);
}

#[tokio::test]
async fn a_code_that_is_shown_twice_ends_what_it_bought() {
    for later in [0, 30, 3600] {
        let world = World::new().await;
        let app = App::new(&world).await;
        let mut ada = Browser::of_ada(&world).await;
        let code = ada
            .code(&app.request(&[("scope", "openid offline_access")]))
            .await;
        let tokens = app.exchange(&code, &[]).await.expect(200);
        app.userinfo(tokens.str("access_token")).await.expect(200);
        // Who has the code and not the verifier ends them, too: it was in two hands.
        world.clock.advance(later);
        refused(
            &app.exchange(&code, &[("code_verifier", &"x".repeat(43))])
                .await,
            "invalid_grant",
        );
        app.userinfo(tokens.str("access_token")).await.expect(401);
        refused(
            &app.refresh(tokens.str("refresh_token"), &[]).await,
            "invalid_grant",
        );
    }
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let code = ada.code(&app.request(&[])).await;
    world.clock.advance(59);
    app.exchange(&code, &[]).await.expect(200);
    let code = ada.code(&app.request(&[])).await;
    world.clock.advance(60);
    refused(&app.exchange(&code, &[]).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_buys_nothing_with_anything_else_than_its_own() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let code = ada.code(&app.request(&[])).await;
    for wrong in [
        (
            "code_verifier",
            "a-verifier-that-is-long-enough-but-not-the-one",
        ),
        (
            "code_verifier",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        ("redirect_uri", SIGNED_OUT),
        ("code", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    ] {
        refused(&app.exchange(&code, &[wrong]).await, "invalid_grant");
    }
    for missing in ["code_verifier", "redirect_uri", "code"] {
        refused(
            &app.exchange(&code, &[(missing, "")]).await,
            "invalid_request",
        );
    }
    app.exchange(&code, &[]).await.expect(200);
}

#[tokio::test]
async fn a_code_ends_with_the_sign_in_it_came_from() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let code = ada.code(&app.request(&[])).await;
    let address = domain::EmailAddress::parse(super::client::ADA).unwrap();
    world.postern.lock_user(&address).await.unwrap();
    refused(&app.exchange(&code, &[]).await, "invalid_grant");
}

/// How many of fifty callers with one code got tokens, and the sessions that clients have.
async fn fifty(weak: bool) -> (usize, usize) {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let code = ada.code(&app.request(&[])).await;
    if weak {
        world.tap.weaken("TransactWriteItems");
    }
    let answers = join_all((0..50).map(|_| app.exchange(&code, &[]))).await;
    assert!(answers.iter().all(|answer| answer.status < 500));
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    let rows = world.dump(&world.table).await;
    let granted = rows.iter().filter(|row| row.contains_key("authorization"));
    (won, granted.count())
}

#[tokio::test]
async fn fifty_exchanges_of_one_code_make_one_session() {
    assert_eq!(fifty(false).await, (1, 1));
}

#[tokio::test]
async fn fifty_exchanges_of_one_code_twin_without_conditions() {
    let (won, sessions) = fifty(true).await;
    assert!(won > 1 && sessions > 1);
}
