//! POST /tokens/api-key, DELETE /tokens/api-key/{key_id}

use domain::account::Role;
use serde_json::{Value, json};
use tests::World;

const PATH: &str = "/tokens/api-key";

#[tokio::test]
async fn a_key_is_shown_once_and_kept_as_a_digest() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let made = admin.make_key(&["introspect"]).await.expect(200);
    let key = made.str("api_key");
    let id = made.body["key_id"].as_u64().unwrap();
    assert!(key.starts_with(&format!("postern_sk_{id}_")), "{key}");
    assert_eq!(made.body["event_id"], json!(7));
    assert_eq!(made.str("created_at"), "2027-01-15T08:00:00Z");
    assert_eq!(made.header("cache-control"), "no-store");
    let secret = key.rsplit_once(&format!("{id}_")).unwrap().1;
    for table in [&world.table, &world.audit_table] {
        let rows = format!("{:?}", world.dump(table).await);
        assert!(!rows.contains(secret), "a dump holds the key");
    }
    let other = admin.make_key(&[]).await.expect(200);
    assert_ne!(other.str("api_key"), key);
}

#[tokio::test]
async fn a_revoked_key_is_worth_nothing_and_gone() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&[]).await;
    let answer = admin.revoke_key(service.id).await.expect(200);
    assert!(
        answer
            .body
            .as_object()
            .unwrap()
            .values()
            .all(Value::is_string)
    );
    assert_eq!(
        world.anyone().verify(&service.key).await.body["valid"],
        json!(false)
    );
    admin.revoke_key(service.id).await.expect(404);
}

#[tokio::test]
async fn only_an_administrator_who_is_really_there_may() {
    let world = World::new().await;
    let asked = json!({ "event_id": 7, "name": "n", "scopes": [] });
    world.anyone().post(PATH, &asked).await.expect(401);
    let ada = world.anyone().sign_in("ada@example.com").await;
    ada.client().post(PATH, &asked).await.expect(403);
    // An administrator by four digits is a user.
    world
        .set_user("ada@example.com", |user| user.role = Role::Admin)
        .await;
    let answer = ada.client().post(PATH, &asked).await.expect(403);
    assert_eq!(answer.body, json!({ "detail": "Not enough permissions" }));
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["introspect"]).await;
    world
        .anyone()
        .bearing(&service.key)
        .post(PATH, &asked)
        .await
        .expect(401);
    world
        .anyone()
        .header("x-api-key", &service.key)
        .post(PATH, &asked)
        .await
        .expect(401);
    world.clock.advance(601);
    let answer = admin.client().post(PATH, &asked).await.expect(403);
    assert_eq!(answer.body, json!({ "detail": "Recent sign-in required" }));
    admin.revoke_key(service.id).await.expect(403);
}

#[tokio::test]
async fn every_problem_is_told_at_once() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let asked = json!({ "event_id": -1, "scopes": ["ok", "not ok", 7], "extra": true });
    let answer = admin.client().post(PATH, &asked).await.expect(422);
    let detail = answer.body["detail"].as_array().unwrap();
    let told: Vec<_> = detail
        .iter()
        .map(|one| (one["type"].as_str().unwrap(), one["loc"].to_string()))
        .collect();
    assert_eq!(
        told,
        [
            ("greater_than_equal", r#"["body","event_id"]"#.to_owned()),
            ("missing", r#"["body","name"]"#.to_owned()),
            (
                "string_pattern_mismatch",
                r#"["body","scopes",1]"#.to_owned()
            ),
            ("string_type", r#"["body","scopes",2]"#.to_owned()),
            ("extra_forbidden", r#"["body","extra"]"#.to_owned()),
        ]
    );
    let long = json!({ "event_id": 1, "name": "n".repeat(101), "scopes": vec!["s"; 33] });
    let answer = admin.client().post(PATH, &long).await.expect(422);
    assert_eq!(answer.body["detail"].as_array().unwrap().len(), 2);
    let path = "/tokens/api-key/seven";
    let answer = admin.client().raw("DELETE", path, "").await.expect(422);
    assert_eq!(answer.body["detail"][0]["loc"], json!(["path", "key_id"]));
}

#[tokio::test]
async fn ten_keys_and_thirty_revocations_a_minute() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    for _ in 0..10 {
        admin.make_key(&[]).await.expect(200);
    }
    admin.make_key(&[]).await.expect(429);
    for id in 0..30 {
        admin.revoke_key(id).await.expect(404);
    }
    let answer = admin.revoke_key(30).await.expect(429);
    assert_eq!(answer.header("retry-after"), "60");
}

#[tokio::test]
async fn an_administrator_locked_meanwhile_makes_nothing() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let address = domain::EmailAddress::parse("root@example.com").unwrap();
    world.postern.lock_user(&address).await.unwrap();
    admin.make_key(&[]).await.expect(401);
}
