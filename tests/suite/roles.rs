//! The roles of the functions for other services: what their flows do, and no more.

use std::collections::BTreeSet;

use domain::rotation::Occasion;
use serde_json::json;
use tests::site::OPERATORS_PASSWORD;
use tests::{Call, World};

use crate::storage::{actions, granted};

fn needed(world: &World, calls: &[Call]) -> BTreeSet<String> {
    calls.iter().flat_map(|call| actions(world, call)).collect()
}

#[tokio::test]
async fn the_tokens_functions_role() {
    let world = World::new().await;
    // What any function does when it is the first to start.
    let mut calls = world.tap.calls();
    let admin = world.admin("root@example.com").await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    let path = "/cfg/accounts/api-key/regenerate/";
    let personal = ada.client().post(path, &json!({})).await.expect(200);
    world.tap.clear();
    let service = admin.service(&["introspect"]).await;
    for token in [&ada.access, &service.key, personal.str("key")] {
        world.anyone().verify(token).await.expect(200);
    }
    let caller = world.anyone().bearing(&service.key);
    let form = format!("token={}", ada.access);
    caller
        .form_text("/tokens/introspect", &form)
        .await
        .expect(200);
    world
        .anyone()
        .form_text("/tokens/revoke", &form)
        .await
        .expect(200);
    world
        .anyone()
        .form_text("/tokens/revoke", "token=garbage")
        .await
        .expect(200);
    admin.revoke_key(service.id).await.expect(200);
    calls.extend(world.tap.calls());
    assert_eq!(needed(&world, &calls), granted("TokensRole"));
}

#[tokio::test]
async fn the_devices_functions_role() {
    let world = World::new().await;
    // What any function does when it is the first to start.
    let mut calls = world.tap.calls();
    world.event(7).await;
    world.device(55, 7, "aabbcc001122").await;
    let olga = world.operator("olga@example.com", 7).await;
    let client = world.anyone();
    let mut asked = json!({
        "email": "olga@example.com", "password": OPERATORS_PASSWORD, "role": "operator",
    });
    let operator = client.post("/auth/login", &asked).await.expect(200);
    let bearer = client.clone().bearing(operator.str("access_token"));
    world.tap.clear();
    let device = json!({ "dev_mac": "aabbcc001122", "event_id": 7 });
    client.post("/devices/auth", &device).await.expect(200);
    let operator = json!({ "operator_id": olga.uid });
    bearer
        .post("/devices/55/token", &operator)
        .await
        .expect(200);
    asked.as_object_mut().unwrap().remove("role");
    asked["dev_type"] = json!("POS");
    asked["dev_mac"] = json!("aabbcc001122");
    client
        .post("/devices/operator-token", &asked)
        .await
        .expect(200);
    asked["password"] = json!("a wrong one");
    // Until the person is told.
    for stranger in 1..=10 {
        let stranger = world.at(&format!("203.0.113.{stranger}"));
        stranger
            .post("/devices/operator-token", &asked)
            .await
            .expect(401);
        world.clock.advance(3600);
    }
    calls.extend(world.tap.calls());
    assert_eq!(needed(&world, &calls), granted("DevicesRole"));
}

#[tokio::test]
async fn the_keys_functions_role() {
    let world = World::new().await;
    let rotated = world
        .postern
        .rotate_signing_key(Occasion::Operator, world.now());
    rotated.await.unwrap();
    let calls = world.tap.calls();
    assert_eq!(needed(&world, &calls), granted("KeysRole"));
}

#[tokio::test]
async fn the_publishers_role() {
    let world = World::new().await;
    world.anyone().sign_in("ada@example.com").await;
    let unreadable = json!({
        "eventName": "INSERT",
        "dynamodb": { "SequenceNumber": "7", "NewImage": { "pk": { "S": "ACCOUNT#x" } } },
    });
    let mut records = crate::events::records(&world);
    records.push(unreadable);
    world.tap.clear();
    let event = json!({ "Records": records });
    publisher::answer(world.outbox(), event).await.unwrap();
    // It is left, and what Lambda leaves is sent.
    let given_up = json!({ "payload": { "Records": [] } }).to_string();
    std::fs::write(world.events_bucket.join("given-up"), given_up).unwrap();
    publisher::answer(world.outbox(), json!({})).await.unwrap();
    let mut needed: BTreeSet<String> = world
        .tap
        .calls()
        .iter()
        .map(|call| match call.operation.as_str() {
            "PutEvents" => "events:PutEvents".to_owned(),
            object => format!("s3:{object}"),
        })
        .collect();
    // Lambda's own calls, which it makes as the function.
    needed.extend(
        [
            "DescribeStream",
            "GetRecords",
            "GetShardIterator",
            "ListStreams",
        ]
        .map(|action| format!("audit dynamodb:{action}")),
    );
    assert_eq!(needed, granted("PublisherRole"));
}

#[tokio::test]
async fn the_authorizers_role() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&[]).await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    world.tap.clear();
    let authorizer = world.another_instance(7).await;
    for bearer in [&ada.access, &service.key] {
        let event = json!({ "identitySource": [format!("Bearer {bearer}")] });
        let decision = authorizer::authorize(authorizer.clone(), event)
            .await
            .unwrap();
        assert_eq!(decision["isAuthorized"], json!(true));
    }
    let calls = world.tap.calls();
    assert_eq!(needed(&world, &calls), granted("AuthorizerRole"));
}
