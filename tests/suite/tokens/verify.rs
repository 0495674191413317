//! POST /tokens/verify

use domain::EmailAddress;
use serde_json::json;
use tests::{Answer, World, forge};

const ADA: &str = "ada@example.com";

fn worthless() -> serde_json::Value {
    json!({ "valid": false, "claims": null })
}

/// The DynamoDB calls so far, by name.
fn calls(world: &World) -> Vec<String> {
    let calls = world.tap.calls().into_iter();
    calls.map(|call| call.operation).collect()
}

#[tokio::test]
async fn a_good_token_tells_its_claims() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let answer = world.anyone().verify(&ada.access).await.expect(200);
    assert_eq!(answer.body["valid"], json!(true));
    assert_eq!(answer.body["claims"], forge::claims(&ada.access));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn what_is_no_good_is_all_alike() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let other = World::new().await;
    let stranger = other.anyone().sign_in(ADA).await;
    for token in ["", "garbage", "a.b.c", &ada.refresh, &stranger.access] {
        let answer = world.anyone().verify(token).await.expect(200);
        assert_eq!(answer.body, worthless(), "{token}");
    }
    world.clock.advance(1800);
    let answer = world.anyone().verify(&ada.access).await.expect(200);
    assert_eq!(answer.body, worthless(), "expired");
}

#[tokio::test]
async fn a_lock_a_deletion_and_a_replay_count_at_once() {
    let world = World::new().await;
    let address = EmailAddress::parse(ADA).unwrap();
    let ada = world.anyone().sign_in(ADA).await;
    world.postern.lock_user(&address).await.unwrap();
    assert_eq!(world.anyone().verify(&ada.access).await.body, worthless());
    world.postern.unlock_user(&address).await.unwrap();
    assert_eq!(world.anyone().verify(&ada.access).await.body, worthless());

    world.clock.advance(60);
    let ada = world.anyone().sign_in(ADA).await;
    let next = ada.refreshed().await;
    world.clock.advance(60);
    world.anyone().refresh(&ada.refresh).await.expect(401);
    assert_eq!(world.anyone().verify(&next.access).await.body, worthless());

    world.clock.advance(60);
    let ada = world.anyone().sign_in(ADA).await;
    world.postern.delete_user(&address).await.unwrap();
    assert_eq!(world.anyone().verify(&ada.access).await.body, worthless());
}

#[tokio::test]
async fn keys_of_services_and_of_people_are_known() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["orders:read", "introspect"]).await;
    let answer = world.anyone().verify(&service.key).await.expect(200);
    let claims = &answer.body["claims"];
    assert_eq!(answer.body["valid"], json!(true));
    assert_eq!(claims["scopes"], json!(["orders:read", "introspect"]));
    assert_eq!(
        (&claims["event_id"], &claims["key_id"]),
        (&json!(7), &json!(service.id))
    );
    assert!(!answer.text.contains("digest"));

    let ada = world.anyone().sign_in(ADA).await;
    let path = "/cfg/accounts/api-key/regenerate/";
    let made = ada.client().post(path, &json!({})).await.expect(200);
    let answer = world.anyone().verify(made.str("key")).await.expect(200);
    let claims = &answer.body["claims"];
    assert_eq!(
        (&claims["token_type"], &claims["role"]),
        (&json!("api_key"), &json!("user"))
    );
}

#[tokio::test]
async fn a_body_is_closed_and_every_problem_is_told() {
    let world = World::new().await;
    let asked = json!({ "tokn": "secret-a", "more": "secret-b" });
    let answer = world
        .anyone()
        .post("/tokens/verify", &asked)
        .await
        .expect(422);
    let found: Vec<_> = answer.body["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["type"].clone(), problem["loc"].clone()))
        .collect();
    assert_eq!(
        found,
        [
            (json!("missing"), json!(["body", "token"])),
            (json!("extra_forbidden"), json!(["body", "more"])),
            (json!("extra_forbidden"), json!(["body", "tokn"])),
        ]
    );
    assert!(!answer.text.contains("secret"));
}

#[tokio::test]
async fn most_calls_cost_one_read_and_no_write() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.tap.clear();
    let ask = || async { world.anyone().verify(&ada.access).await.expect(200) };
    for _ in 0..200 {
        ask().await;
    }
    let calls = calls(&world);
    let named = |name: &str| calls.iter().filter(|call| *call == name).count();
    assert_eq!(named("BatchGetItem"), 200);
    let writes = named("UpdateItem");
    assert_eq!(calls.len(), 200 + writes, "{calls:?}");
    assert!(writes <= 12, "{writes} writes");
}

#[tokio::test]
async fn what_no_key_of_ours_signed_costs_nothing() {
    let world = World::new().await;
    world.anyone().verify("warm").await.expect(200);
    world.anyone().verify("warmer").await.expect(200);
    world.tap.clear();
    world.anyone().verify("garbage").await.expect(200);
    assert_eq!(calls(&world), Vec::<String>::new());
}

async fn asked(world: &World, times: usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    for _ in 0..times {
        answers.push(world.at("198.51.100.7").verify("garbage").await);
    }
    answers
}

#[tokio::test]
async fn six_hundred_a_minute_from_one_place_and_not_one_more() {
    let world = World::new().await;
    let good = asked(&world, 600)
        .await
        .iter()
        .filter(|answer| answer.status == 200)
        .count();
    assert_eq!(good, 600);
    let answer = asked(&world, 1).await.remove(0).expect(429);
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(answer.body["detail"], answer.body["error"]);
    world.tap.clear();
    asked(&world, 20).await;
    assert_eq!(calls(&world), Vec::<String>::new(), "refused from memory");
    world.at("198.51.100.8").verify("garbage").await.expect(200);
    world.clock.advance(60);
    asked(&world, 1).await.remove(0).expect(200);
}
