//! The roles of the functions for other services: what their flows do, and no more.

use std::collections::BTreeSet;

use domain::rotation::Occasion;
use serde_json::json;
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
