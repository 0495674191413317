//! POST /tokens/revoke

use serde_json::json;
use tests::{Answer, World};

const ADA: &str = "ada@example.com";

async fn revoke(world: &World, token: &str) -> Answer {
    let body = format!("token={token}&token_type_hint=refresh_token");
    world.anyone().form_text("/tokens/revoke", &body).await
}

/// How many audit rows say this.
async fn events(world: &World, kind: &str) -> usize {
    let rows = world.dump(&world.audit_table).await;
    rows.iter()
        .filter(|row| format!("{row:?}").contains(kind))
        .count()
}

#[tokio::test]
async fn either_token_ends_the_session_and_no_other() {
    let world = World::new().await;
    let desk = world.anyone().sign_in(ADA).await;
    for which in ["access", "refresh"] {
        world.clock.advance(60);
        let phone = world.anyone().sign_in(ADA).await;
        let token = if which == "access" {
            &phone.access
        } else {
            &phone.refresh
        };
        revoke(&world, token).await.expect(200);
        phone.profile().await.expect(401);
        world.anyone().refresh(&phone.refresh).await.expect(401);
        assert_eq!(
            world.anyone().verify(&phone.access).await.body["valid"],
            json!(false)
        );
        revoke(&world, token).await.expect(200);
    }
    desk.profile().await.expect(200);
    assert_eq!(events(&world, "TOKEN_REVOKED").await, 2);
}

#[tokio::test]
async fn a_service_puts_out_its_own_key() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["introspect"]).await;
    let wrong = format!("{}A", &service.key[..service.key.len() - 1]);
    revoke(&world, &wrong).await.expect(200);
    assert_eq!(
        world.anyone().verify(&service.key).await.body["valid"],
        json!(true)
    );
    revoke(&world, &service.key).await.expect(200);
    assert_eq!(
        world.anyone().verify(&service.key).await.body["valid"],
        json!(false)
    );
    assert_eq!(events(&world, "SERVICE_KEY_REVOKED").await, 1);
}

#[tokio::test]
async fn what_is_no_token_is_no_error_until_there_are_too_many() {
    let world = World::new().await;
    for n in 0..10 {
        let answer = revoke(&world, &format!("garbage{n}")).await.expect(200);
        assert_eq!(answer.text, "");
    }
    let answer = revoke(&world, "garbage").await.expect(429);
    assert_eq!(answer.body["error"], json!("temporarily_unavailable"));
    assert_ne!(answer.header("retry-after"), "");
    let ada = world.anyone().sign_in(ADA).await;
    revoke(&world, &ada.access).await.expect(200);
}

#[tokio::test]
async fn a_form_without_a_token_is_told_so() {
    let world = World::new().await;
    let answer = world
        .anyone()
        .form_text("/tokens/revoke", "")
        .await
        .expect(400);
    assert_eq!(answer.body["error"], json!("invalid_request"));
}
