//! GET /auth/sessions and DELETE /auth/sessions/{session_id}

use serde_json::{Value, json};
use tests::World;

use super::{ADA, PASSWORD, ada, is_signed_in, login, problems, register};

#[tokio::test]
async fn one_sees_and_ends_ones_own() {
    let world = World::new().await;
    let first = ada(&world.anyone()).await;
    world.clock.advance(1);
    let answer = login(&world.at("198.51.100.1"), ADA, PASSWORD).await;
    let answer = answer.expect(200);
    let second = world.anyone().bearing(answer.str("access_token"));
    let listed = first.get("/auth/sessions").await.expect(200);
    let listed = listed.body.as_array().unwrap().clone();
    assert_eq!(listed.len(), 2);
    let uid = listed[0]["user_id"].as_u64().unwrap();
    let me = first.get("/auth/verify-user/ada").await.expect(200);
    assert_eq!(me.body["id"].as_u64().unwrap(), uid);
    assert_eq!(listed[0]["created_at"], json!("2027-01-15T08:00:00Z"));
    assert_eq!(listed[0]["expires_at"], json!("2027-01-22T08:00:00Z"));
    assert_eq!(listed[1]["session_token"], answer.body["session_token"]);
    let path = |session: &Value| format!("/auth/sessions/{}", session["id"]);
    let ended = first.raw("DELETE", &path(&listed[1]), "").await.expect(200);
    assert_eq!(ended.str("message"), "Session deleted successfully");
    assert!(!is_signed_in(&second).await, "its tokens die with it");
    let body = json!({ "refresh_token": answer.str("refresh_token") });
    let refused = world.anyone().post("/auth/token-refresh", &body).await;
    refused.expect(401);
    let again = first.raw("DELETE", &path(&listed[1]), "").await;
    assert_eq!(again.expect(404).str("detail"), "Session not found");
    let left = first.get("/auth/sessions").await.expect(200);
    assert_eq!(left.body.as_array().unwrap().len(), 1);
    first.raw("DELETE", &path(&listed[0]), "").await.expect(200);
    assert!(!is_signed_in(&first).await);
}

#[tokio::test]
async fn nobody_ends_anybody_elses() {
    let world = World::new().await;
    let ada = ada(&world.anyone()).await;
    let listed = ada.get("/auth/sessions").await.expect(200);
    let path = format!("/auth/sessions/{}", listed.body[0]["id"]);
    register(&world.anyone(), "eve", "eve@example.com", PASSWORD)
        .await
        .expect(200);
    let answer = login(&world.anyone(), "eve", PASSWORD).await.expect(200);
    let eve = world.anyone().bearing(answer.str("access_token"));
    eve.raw("DELETE", &path, "").await.expect(404);
    assert!(is_signed_in(&ada).await);
    let odd = eve.raw("DELETE", "/auth/sessions/first", "").await;
    let odd = odd.expect(422);
    assert!(problems(&odd)[0].starts_with("path.session_id: Input should be a valid integer"));
    for id in ["0", "-1", "99999999999999999999999999"] {
        let path = format!("/auth/sessions/{id}");
        eve.raw("DELETE", &path, "").await.expect(404);
    }
}
