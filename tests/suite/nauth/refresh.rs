//! Refreshing, alone and all at once.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Answer, World};

use super::{ADA, PASSWORD, SITE, ada, bearing, browser, cookies, login, refused};

async fn refresh(world: &World, token: &str) -> Answer {
    world
        .anyone()
        .post("/nauth/refresh", &json!({ "refreshToken": token }))
        .await
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let body = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(body)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn eight_tabs_and_fifty_get_the_same_successor_and_the_chain_lives_on() {
    for number in [8, 50] {
        tabs_that_refresh_at_once(number).await;
    }
}

/// Whoever loses derives the same tokens as the winner, so this race has no twin that is
/// lost without conditions.
async fn tabs_that_refresh_at_once(number: usize) {
    let world = World::new().await;
    ada(&world).await;
    let site = world.anyone().header("origin", SITE);
    let held = cookies(&login(&site, ADA, PASSWORD).await.expect(200));
    let tabs = join_all((0..number).map(|_| {
        let tab = browser(&world, &held);
        async move {
            tab.post("/nauth/refresh", &json!({ "refreshToken": "" }))
                .await
                .expect(200)
        }
    }))
    .await;
    let first = cookies(&tabs[0]);
    let value = |cookies: &[(String, String)], name: &str| {
        cookies
            .iter()
            .find(|(own, _)| own == name)
            .unwrap()
            .1
            .clone()
    };
    for tab in &tabs {
        assert_eq!(tab.body, json!({}));
        let own = cookies(tab);
        for name in ["nauth_refresh_token", "nauth_csrf_token"] {
            assert_eq!(value(&own, name), value(&first, name), "{name}");
        }
        let access = "nauth_access_token";
        assert_eq!(claims(&value(&own, access)), claims(&value(&first, access)));
    }
    let next = browser(&world, &first);
    next.post("/nauth/refresh", &json!({})).await.expect(200);
    next.get("/nauth/profile").await.expect(200);
}

#[tokio::test]
async fn an_old_token_ends_the_family_and_clears_the_cookies() {
    let world = World::new().await;
    ada(&world).await;
    let site = world.anyone().header("origin", SITE);
    let held = cookies(&login(&site, ADA, PASSWORD).await.expect(200));
    let tab = browser(&world, &held);
    let next = cookies(&tab.post("/nauth/refresh", &json!({})).await.expect(200));
    world.clock.advance(11);
    let replayed = tab.post("/nauth/refresh", &json!({})).await;
    refused(&replayed, 401, "AUTH_TOKEN_REUSE_DETECTED");
    assert!(
        !cookies(&replayed).is_empty()
            && cookies(&replayed).iter().all(|(_, value)| value.is_empty())
    );
    let dead = browser(&world, &next)
        .post("/nauth/refresh", &json!({}))
        .await;
    refused(&dead, 401, "AUTH_SESSION_NOT_FOUND");
    let history = bearing(
        &world,
        &login(&world.anyone(), ADA, PASSWORD).await.expect(200),
    );
    let rows = history
        .get("/nauth/audit/history?eventStatus=SUSPICIOUS")
        .await
        .expect(200);
    assert_eq!(rows.body["total"], json!(1));
}

#[tokio::test]
async fn a_lock_refuses_and_clears_nothing() {
    let world = World::new().await;
    ada(&world).await;
    let site = world.anyone().header("origin", SITE);
    let held = cookies(&login(&site, ADA, PASSWORD).await.expect(200));
    world
        .postern
        .lock_user(&crate::auth::address(ADA))
        .await
        .unwrap();
    let locked = browser(&world, &held)
        .post("/nauth/refresh", &json!({}))
        .await;
    refused(&locked, 403, "AUTH_ACCOUNT_LOCKED");
    assert!(locked.body["details"]["lockedAt"].is_string() && cookies(&locked).is_empty());
}

#[tokio::test]
async fn tokens_are_of_one_kind_each() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let (access, renewal) = (tokens.str("accessToken"), tokens.str("refreshToken"));
    refused(&refresh(&world, access).await, 401, "AUTH_TOKEN_INVALID");
    refused(
        &world.anyone().bearing(renewal).get("/nauth/profile").await,
        401,
        "AUTH_TOKEN_INVALID",
    );
    refused(
        &world.anyone().get("/nauth/profile").await,
        401,
        "AUTH_TOKEN_INVALID",
    );
    world.clock.advance(901);
    refused(
        &bearing(&world, &tokens).get("/nauth/profile").await,
        401,
        "AUTH_TOKEN_INVALID",
    );
    let next = refresh(&world, renewal).await.expect(200);
    assert_eq!(next.body.as_object().unwrap().len(), 4);
    bearing(&world, &next)
        .get("/nauth/profile")
        .await
        .expect(200);
}

#[tokio::test]
async fn the_oldest_sessions_make_room() {
    let world = World::with(&[("POSTERN_NAUTH_MAX_SESSIONS", "2")]).await;
    let first = ada(&world).await;
    world.clock.advance(1);
    let second = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    world.clock.advance(1);
    let third = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    refused(
        &bearing(&world, &first).get("/nauth/profile").await,
        401,
        "AUTH_SESSION_NOT_FOUND",
    );
    bearing(&world, &second)
        .get("/nauth/profile")
        .await
        .expect(200);
    let listed = bearing(&world, &third)
        .get("/nauth/sessions")
        .await
        .expect(200);
    assert_eq!(listed.body["sessions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_dead_token_is_told_so_however_often_it_is_shown() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    bearing(&world, &tokens)
        .get("/nauth/logout")
        .await
        .expect(200);
    for _ in 0..12 {
        refused(&refresh(&world, "garbage").await, 401, "AUTH_TOKEN_INVALID");
        refused(
            &refresh(&world, tokens.str("refreshToken")).await,
            401,
            "AUTH_SESSION_NOT_FOUND",
        );
    }
}

#[tokio::test]
async fn services_that_validate_use_up_no_refreshes() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let body = json!({ "accessToken": tokens.str("accessToken") });
    for _ in 0..40 {
        let answer = world
            .anyone()
            .post("/nauth/token/validate", &body)
            .await
            .expect(200);
        assert_eq!(answer.body["valid"], json!(true));
    }
}
