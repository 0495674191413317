//! What breaks around us: the answer is clear, and nothing is half done.

use serde_json::json;
use tests::{Fault, World};

use super::{ADA, id, lock, root, world};
use crate::auth::second_factor::shown;
use crate::auth::{self, PASSWORD};

/// How many events of this kind there are.
async fn events(world: &World, kind: &str) -> usize {
    let events = world.dump(&world.audit_table).await;
    let of = |event: &&_| {
        let event: &std::collections::HashMap<_, aws_sdk_dynamodb::types::AttributeValue> = event;
        event["kind"].as_s().unwrap() == kind
    };
    events.iter().filter(of).count()
}

#[tokio::test]
async fn conflicts_and_throttles_that_pass_are_not_noticed() {
    for fault in [Fault::Conflict, Fault::Throttle, Fault::LostAnswer] {
        let world = world().await;
        let root = root(&world).await;
        auth::register(&world.anyone(), "ada", ADA, PASSWORD)
            .await
            .expect(200);
        world.tap.fail("TransactWriteItems", fault, 2);
        lock(&root, ADA).await.expect(200);
        assert_eq!(events(&world, "ACCOUNT_LOCKED").await, 1, "{fault:?}");
        let set_up = root.post("/admin/mfa/setup", &json!({})).await.expect(200);
        let body = json!({ "code": shown(&world, set_up.str("secret")) });
        world.tap.fail("TransactWriteItems", fault, 2);
        let answer = root.post("/admin/mfa/verify", &body).await.expect(200);
        assert_eq!(events(&world, "FACTOR_ADDED").await, 1, "{fault:?}");
        let bearer = world.anyone().bearing(answer.str("access_token"));
        bearer.get("/admin/sensitive/ping").await.expect(200);
    }
}

#[tokio::test]
async fn an_engine_that_stays_away_changes_nothing() {
    let world = world().await;
    let root = root(&world).await;
    auth::register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    let uid = id(&world, ADA).await;
    world
        .tap
        .fail("TransactWriteItems", Fault::Unreachable, 100);
    let path = format!("/admin/user/{uid}");
    let refused = root.raw("DELETE", &path, "").await.expect(503);
    assert_ne!(refused.header("retry-after"), "");
    assert_eq!(events(&world, "ACCOUNT_DELETED").await, 0);
    auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(200);
    world.tap.fail("Query", Fault::Unreachable, 100);
    root.get("/admin/users").await.expect(503);
}
