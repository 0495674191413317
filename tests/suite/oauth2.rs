//! `/oauth/…`: RFC 8628 for registered clients.

use serde_json::json;
use tests::{Answer, Visitor, World};

use crate::api::{ADA, Device, refused};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A world with two registered clients.
async fn world() -> World {
    let world = World::new().await;
    for id in ["tv", "other"] {
        world
            .postern
            .add_client(id, "The <b>big</b> TV")
            .await
            .unwrap();
    }
    world
}

async fn begun(world: &World) -> Answer {
    let asked = [("client_id", "tv"), ("scope", "openid email")];
    world
        .anyone()
        .form("/oauth/device_authorization", &asked)
        .await
        .expect(200)
}

async fn exchange(world: &World, client: &str, code: &str) -> Answer {
    let asked = [
        ("grant_type", GRANT),
        ("client_id", client),
        ("device_code", code),
    ];
    world.anyone().form("/oauth/token", &asked).await
}

async fn refresh(world: &World, client: &str, token: &str) -> Answer {
    let asked = [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", token),
    ];
    world.anyone().form("/oauth/token", &asked).await
}

async fn let_in(world: &World) -> Answer {
    let started = begun(world).await;
    let mut browser = Visitor::open(world.anyone(), "/device").await;
    browser.sign_in(ADA).await;
    browser
        .fill("/device/check", &[("user_code", started.str("user_code"))])
        .await;
    assert!(
        browser.page.text.contains("The &#60;b&#62;big"),
        "{}",
        browser.page.text
    );
    browser.fill("/device/approve", &[]).await;
    exchange(world, "tv", started.str("device_code"))
        .await
        .expect(200)
}

#[tokio::test]
async fn a_registered_client_gets_tokens_and_no_keys() {
    let world = world().await;
    let started = begun(&world).await;
    let complete = format!(
        "https://id.example.com/device?user_code={}",
        started.str("user_code")
    );
    assert_eq!(started.str("verification_uri_complete"), complete);
    refused(
        &exchange(&world, "tv", started.str("device_code")).await,
        "authorization_pending",
    );
    let got = let_in(&world).await;
    assert_eq!(got.str("token_type"), "Bearer");
    assert_eq!(got.body["expires_in"], json!(900));
    assert_eq!(got.str("scope"), "account");
    assert!(got.body.get("management_key").is_none());
    let ada = world.anyone().bearing(got.str("access_token"));
    ada.get("/cfg/accounts/profile/").await.expect(200);
    let rows = world.dump(&world.table).await;
    assert!(!rows.iter().any(|row| row["sk"].as_s().unwrap() == "AGENTS"));
}

#[tokio::test]
async fn a_grant_belongs_to_the_client_that_began_it() {
    let world = world().await;
    let started = begun(&world).await;
    let code = started.str("device_code");
    refused(&exchange(&world, "other", code).await, "invalid_grant");
    let ravi = world
        .anyone()
        .post("/api/auth/device/token/", &json!({ "device_code": code }))
        .await;
    refused(&ravi, "invalid_grant");
    let device = Device::asking(&world).await;
    refused(&exchange(&world, "tv", &device.code).await, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_belongs_to_its_client_and_is_good_once() {
    let world = world().await;
    let got = let_in(&world).await;
    let token = got.str("refresh_token");
    refused(&refresh(&world, "other", token).await, "invalid_grant");
    let next = refresh(&world, "tv", token).await.expect(200);
    assert_ne!(next.str("refresh_token"), token);
    world.clock.advance(60);
    refused(&refresh(&world, "tv", token).await, "invalid_grant");
    refused(
        &refresh(&world, "tv", next.str("refresh_token")).await,
        "invalid_grant",
    );
    let ada = world.at("192.0.2.3").sign_in("grace@example.com").await;
    refused(&refresh(&world, "tv", &ada.refresh).await, "invalid_grant");
}

#[tokio::test]
async fn a_client_that_is_none_gets_nothing() {
    let world = world().await;
    let got = let_in(&world).await;
    for id in ["nobody", "a b", "CLIENTS#tv", &"x".repeat(3000)] {
        let asked = [("client_id", id)];
        let answer = world
            .anyone()
            .form("/oauth/device_authorization", &asked)
            .await;
        refused(&answer, "invalid_client");
    }
    world.postern.remove_client("tv").await.unwrap();
    refused(
        &refresh(&world, "tv", got.str("refresh_token")).await,
        "invalid_client",
    );
    assert_eq!(
        world.postern.remove_client("tv").await,
        Err(domain::Error::Missing)
    );
    world.clock.advance(1);
    world.postern.add_client("tv", "Another TV").await.unwrap();
    let heir = refresh(&world, "tv", got.str("refresh_token")).await;
    refused(&heir, "invalid_grant");
    let taken = world.postern.add_client("other", "x").await;
    assert_eq!(taken, Err(domain::Error::Conflict));
    assert_eq!(world.postern.list_clients().await.unwrap().len(), 2);
}

#[tokio::test]
async fn who_takes_the_name_of_a_removed_client_gets_nothing_that_was_begun_for_it() {
    let world = world().await;
    let started = begun(&world).await;
    let mut browser = Visitor::open(world.anyone(), "/device").await;
    browser.sign_in(ADA).await;
    let typed = [("user_code", started.str("user_code"))];
    browser.fill("/device/check", &typed).await;
    browser.fill("/device/approve", &[]).await;
    world.postern.remove_client("tv").await.unwrap();
    world.clock.advance(1);
    world.postern.add_client("tv", "Another TV").await.unwrap();
    let answer = exchange(&world, "tv", started.str("device_code")).await;
    refused(&answer, "invalid_grant");
}

#[tokio::test]
async fn a_malformed_request_is_told_so() {
    let world = world().await;
    let token = |fields: &[(&'static str, &'static str)]| {
        let fields = fields.to_vec();
        let world = &world;
        async move { world.anyone().form("/oauth/token", &fields).await }
    };
    refused(&token(&[]).await, "invalid_request");
    refused(
        &token(&[("grant_type", "password"), ("client_id", "tv")]).await,
        "unsupported_grant_type",
    );
    for kind in [GRANT, "refresh_token"] {
        refused(
            &token(&[("grant_type", kind), ("client_id", "tv")]).await,
            "invalid_request",
        );
    }
    let twice = [
        ("grant_type", GRANT),
        ("client_id", "tv"),
        ("client_id", "tv"),
        ("device_code", "x"),
    ];
    refused(&token(&twice).await, "invalid_request");
    world
        .anyone()
        .post("/oauth/token", &json!({}))
        .await
        .expect(415);
    world.anyone().get("/oauth/token").await.expect(405);
}
