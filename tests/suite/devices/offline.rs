//! Who may give a device to whom, and what offline tokens are good for.

use domain::account::Role;
use serde_json::json;
use tests::{Anyone, World, forge};

use crate::auth::problems;

use super::{MAC, OLGA, is_valid, signed_in, take};

async fn offline(client: &Anyone<'_>, event: u64, device: Option<&str>) -> tests::Answer {
    let body = json!({ "event_id": event, "device_id": device });
    client.post("/tokens/offline", &body).await
}

#[tokio::test]
async fn operators_take_devices_themselves_and_others_hand_them_out() {
    let world = World::new().await;
    for event in [7, 8] {
        world.event(event).await;
    }
    world.device(55, 7, MAC).await;
    let olga = world.operator(OLGA, 7).await;
    let otto = world.operator("otto@example.com", 7).await;
    let odd = world.operator("odd@example.com", 8).await;
    world.staff("root@example.com", Role::Admin, None).await;
    world
        .staff("nina@example.com", Role::NetworkManager, Some(7))
        .await;
    let member = world.anyone().sign_in("ada@example.com").await;
    let client = world.anyone();
    let bearer = signed_in(&client, OLGA, "operator").await;
    let manager = signed_in(&client, "nina@example.com", "network_manager").await;
    let admin = signed_in(&client, "root@example.com", "admin").await;
    let stranger = signed_in(&client, "odd@example.com", "operator").await;

    take(&client, 55, olga.uid).await.expect(401);
    take(&member.client(), 55, olga.uid).await.expect(403);
    take(&stranger, 55, odd.uid).await.expect(403);
    take(&bearer, 55, otto.uid).await.expect(403);
    for by in [&bearer, &manager, &admin] {
        take(by, 55, olga.uid).await.expect(200);
        take(by, 56, olga.uid).await.expect(404);
        take(by, 55, odd.uid).await.expect(404);
        take(by, 55, 12_345).await.expect(404);
    }
    let taken = take(&admin, 55, otto.uid).await.expect(200);
    let claims = forge::claims(taken.str("offline_token"));
    assert_eq!(claims["sub"], json!(otto.sub));
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        72 * 3600
    );
    world.archive(55).await;
    take(&admin, 55, olga.uid).await.expect(404);
    let problem = admin
        .post("/devices/x/token", &json!({ "operator_id": "y" }))
        .await;
    let named = problems(&problem.expect(422));
    assert_eq!(named.len(), 2, "{named:?}");
    assert!(named[0].starts_with("path.device_id: Input should be a valid integer"));
    assert!(named[1].starts_with("body.operator_id: Input should be a valid integer"));
}

#[tokio::test]
async fn an_offline_token_is_for_an_event_that_one_works_at() {
    let world = World::new().await;
    for event in [7, 8] {
        world.event(event).await;
    }
    world.device(55, 7, MAC).await;
    world.operator(OLGA, 7).await;
    world.staff("root@example.com", Role::Admin, None).await;
    let member = world.anyone().sign_in("ada@example.com").await;
    let client = world.anyone();
    let bearer = signed_in(&client, OLGA, "operator").await;
    let admin = signed_in(&client, "root@example.com", "admin").await;

    let issued = offline(&bearer, 7, None).await.expect(200);
    assert_eq!(issued.body["event_id"], 7);
    assert!(is_valid(&world, issued.str("offline_token")).await);
    let bound = offline(&bearer, 7, Some("55")).await.expect(200);
    assert_eq!(forge::claims(bound.str("offline_token"))["device_id"], 55);

    offline(&client, 7, None).await.expect(401);
    offline(&member.client(), 7, None).await.expect(403);
    offline(&bearer, 8, None).await.expect(403);
    offline(&bearer, 9, None).await.expect(403);
    offline(&admin, 9, None).await.expect(404);
    for device in ["56", "", "x", "-1"] {
        offline(&admin, 7, Some(device)).await.expect(404);
    }
    offline(&admin, 8, Some("55")).await.expect(404);
    offline(&admin, 8, None).await.expect(200);

    world.end_event(7).await;
    assert!(!is_valid(&world, issued.str("offline_token")).await);
    offline(&admin, 7, None).await.expect(404);
}

#[tokio::test]
async fn an_offline_token_opens_nothing_of_ours() {
    let world = World::new().await;
    world.event(7).await;
    world.operator(OLGA, 7).await;
    let client = world.anyone();
    let bearer = signed_in(&client, OLGA, "operator").await;
    let issued = offline(&bearer, 7, None).await.expect(200);
    let token = issued.str("offline_token");
    let holder = client.clone().bearing(token);
    holder.get("/auth/sessions").await.expect(401);
    offline(&holder, 7, None).await.expect(401);
    let body = json!({ "refresh_token": token });
    holder.post("/auth/logout", &body).await.expect(401);
    holder.post("/auth/refresh", &body).await.expect(401);
}

#[tokio::test]
async fn anybody_verifies_it_by_the_published_keys() {
    let world = World::new().await;
    world.event(7).await;
    world.operator(OLGA, 7).await;
    let client = world.anyone();
    let bearer = signed_in(&client, OLGA, "operator").await;
    let issued = offline(&bearer, 7, None).await.expect(200);
    let token = issued.str("offline_token");
    let keys = client.get("/.well-known/jwks.json").await.expect(200);
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys.body.clone()).unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("offline+jwt"));
    let key = keys
        .find(header.kid.as_deref().unwrap())
        .expect("published");
    let mut rules = jsonwebtoken::Validation::new(header.alg);
    rules.set_audience(&["https://id.example.com#offline"]);
    rules.set_issuer(&["https://id.example.com"]);
    rules.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
    let claims = jsonwebtoken::decode::<serde_json::Value>(token, &key, &rules);
    assert_eq!(claims.unwrap().claims["event_id"], 7);
}

#[tokio::test]
async fn two_who_give_one_device_at_once_both_do() {
    let world = World::new().await;
    world.event(7).await;
    world.device(55, 7, MAC).await;
    let olga = world.operator(OLGA, 7).await;
    world.staff("root@example.com", Role::Admin, None).await;
    let client = world.anyone();
    let admin = signed_in(&client, "root@example.com", "admin").await;
    let gives: Vec<_> = (0..8).map(|_| take(&admin, 55, olga.uid)).collect();
    let mut tokens = Vec::new();
    for answer in futures_util::future::join_all(gives).await {
        tokens.push(answer.expect(200).str("offline_token").to_owned());
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 8);
    let (device, _) = world.store().device(55).await.unwrap().unwrap();
    assert_eq!(device.rev, 9, "none was lost");
}
