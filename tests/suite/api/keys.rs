//! `/api/auth/keys/…` and `/api/identities/`.

use serde_json::json;
use tests::{Anyone, World};

use super::{ADA, Device};

const MANAGEMENT: &str = "/api/auth/keys/management/";
const IDENTITY: &str = "/api/auth/keys/identity/";

async fn works(client: &Anyone<'_>) -> bool {
    let answer = client.get("/api/identities/").await;
    assert!([200, 401].contains(&answer.status), "{}", answer.text);
    answer.status == 200
}

#[tokio::test]
async fn a_key_is_made_shown_by_its_head_and_revoked() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    let manager = world.anyone().bearing(got.str("management_key"));
    let issued = manager
        .post(MANAGEMENT, &json!({ "label": "ci" }))
        .await
        .expect(201);
    let ci = world.anyone().bearing(issued.str("key"));
    assert!(works(&ci).await);
    let listed = manager.get(MANAGEMENT).await.expect(200);
    assert_eq!(listed.body.as_array().unwrap().len(), 2);
    assert_eq!(listed.body[1]["label"], "ci");
    assert_eq!(listed.body[1]["uuid"], issued.body["uuid"]);
    let head = listed.body[1]["prefix"].as_str().unwrap();
    assert!(issued.str("key").starts_with(head) && head.len() == 16);
    assert!(!listed.text.contains(issued.str("key")));
    let path = format!("/api/auth/keys/{}/", issued.str("uuid"));
    manager.send("DELETE", &path, &json!({})).await.expect(204);
    assert!(!works(&ci).await);
    manager.send("DELETE", &path, &json!({})).await.expect(404);
    manager
        .send("DELETE", "/api/auth/keys/x%FF/", &json!({}))
        .await
        .expect(404);
}

#[tokio::test]
async fn an_identity_key_sees_its_identity_and_manages_nothing() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    let manager = world.anyone().bearing(got.str("management_key"));
    let scout = manager
        .post("/api/identities/", &json!({ "name": "Scout" }))
        .await
        .expect(201);
    let asked = json!({ "identity_uuid": scout.str("uuid"), "label": "cli" });
    let issued = manager.post(IDENTITY, &asked).await.expect(201);
    assert!(issued.str("key").starts_with("ravi_id_"));
    assert_eq!(issued.body["identity_uuid"], scout.body["uuid"]);
    assert_eq!(issued.str("label"), "cli");
    let agent = world.anyone().bearing(issued.str("key"));
    let seen = agent.get("/api/identities/").await.expect(200);
    assert_eq!(seen.body.as_array().unwrap().len(), 1);
    assert_eq!(seen.body[0]["name"], "Scout");
    for path in [MANAGEMENT, IDENTITY] {
        agent.get(path).await.expect(403);
        agent.post(path, &asked).await.expect(403);
    }
    agent
        .post("/api/identities/", &json!({ "name": "x" }))
        .await
        .expect(403);
    assert_eq!(
        manager
            .get(IDENTITY)
            .await
            .expect(200)
            .body
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn nobody_reaches_into_another_account() {
    let world = World::new().await;
    let ada = Device::let_in(&world, ADA).await;
    world.clock.advance(60);
    let eve = Device::let_in(&world, "eve@example.com").await;
    let eve = world.anyone().bearing(eve.str("management_key"));
    let hers = ada.body["identity"]["uuid"].clone();
    eve.post(IDENTITY, &json!({ "identity_uuid": hers }))
        .await
        .expect(404);
    eve.post(IDENTITY, &json!({ "identity_uuid": "nonsense" }))
        .await
        .expect(404);
    let manager = world.anyone().bearing(ada.str("management_key"));
    let keys = manager.get(MANAGEMENT).await.expect(200);
    let path = format!("/api/auth/keys/{}/", keys.body[0]["uuid"].as_str().unwrap());
    eve.send("DELETE", &path, &json!({})).await.expect(404);
    assert!(works(&manager).await);
}

#[tokio::test]
async fn a_lock_ends_every_key_for_good() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    let address = domain::EmailAddress::parse(ADA).unwrap();
    let clients =
        ["management_key", "identity_key"].map(|name| world.anyone().bearing(got.str(name)));
    world.postern.lock_user(&address).await.unwrap();
    for client in &clients {
        assert!(!works(client).await);
    }
    world.postern.unlock_user(&address).await.unwrap();
    for client in &clients {
        assert!(!works(client).await);
    }
    world.clock.advance(60);
    let again = Device::let_in(&world, ADA).await;
    let manager = world.anyone().bearing(again.str("management_key"));
    let keys = manager.get(MANAGEMENT).await.expect(200);
    assert_eq!(
        keys.body.as_array().unwrap().len(),
        1,
        "the dead are not listed"
    );
    let rows = world.dump(&world.table).await;
    let keys = rows
        .iter()
        .filter(|row| row["sk"].as_s().unwrap() == "AGENT");
    assert_eq!(keys.count(), 2, "and not kept");
}

#[tokio::test]
async fn a_deletion_ends_the_keys_and_forgets_the_identities() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    let path = "/cfg/accounts/profile/delete/";
    let device = world.anyone().bearing(got.str("access"));
    device.post(path, &json!({})).await.expect(403);
    world.clock.advance(60);
    let ada = world.anyone().sign_in(ADA).await.client();
    ada.post(path, &json!({})).await.expect(200);
    assert!(!works(&world.anyone().bearing(got.str("management_key"))).await);
    let rows = world.dump(&world.table).await;
    assert!(!rows.iter().any(|row| row["sk"].as_s().unwrap() == "AGENTS"));
}

#[tokio::test]
async fn the_oldest_key_makes_room() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    let first = world.anyone().bearing(got.str("identity_key"));
    let manager = world.anyone().bearing(got.str("management_key"));
    let mut last = String::new();
    // The management key that makes the others is the oldest, and then one of them.
    let made = manager.post(MANAGEMENT, &json!({})).await.expect(201);
    let maker = world.anyone().bearing(made.str("key"));
    for _ in 0..49 {
        let made = maker.post(MANAGEMENT, &json!({})).await.expect(201);
        last = made.str("key").to_owned();
    }
    assert!(!works(&manager).await && !works(&first).await);
    assert!(works(&maker).await && works(&world.anyone().bearing(&last)).await);
}

#[tokio::test]
async fn what_is_no_key_is_refused_alike() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    let mut wrong: Vec<String> = ["x", "ravi_mgmt_", got.str("access")]
        .map(str::to_owned)
        .to_vec();
    wrong.push(format!("ravi_mgmt_{}", "A".repeat(43)));
    wrong.push(format!(
        "ravi_id_{}",
        got.str("management_key").trim_start_matches("ravi_mgmt_")
    ));
    for key in &wrong {
        let answer = world
            .anyone()
            .bearing(key)
            .get(MANAGEMENT)
            .await
            .expect(401);
        assert_eq!(answer.str("detail"), "Invalid API key.");
    }
}

#[tokio::test]
async fn ten_bad_keys_a_minute_are_answered_and_good_ones_always() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    world.clock.advance(60);
    let bad = world.anyone().bearing("no key");
    for _ in 0..10 {
        bad.get(MANAGEMENT).await.expect(401);
    }
    let refused = bad.get("/api/identities/").await.expect(429);
    assert_eq!(refused.header("retry-after"), "60");
    let manager = world.anyone().bearing(got.str("management_key"));
    manager.get(MANAGEMENT).await.expect(200);
}
