//! POST /tokens/introspect

use serde_json::json;
use tests::{Answer, Anyone, World, forge};

const PATH: &str = "/tokens/introspect";

async fn introspect(caller: &Anyone<'_>, token: &str) -> Answer {
    caller
        .form_text(PATH, &format!("token={token}&token_type_hint=access_token"))
        .await
}

#[tokio::test]
async fn a_service_with_the_scope_learns_what_a_token_is_worth() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["introspect"]).await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    let claims = forge::claims(&ada.access);
    for caller in [
        world.anyone().bearing(&service.key),
        world.anyone().header("x-api-key", &service.key),
    ] {
        let answer = introspect(&caller, &ada.access).await.expect(200);
        assert_eq!(answer.body["active"], json!(true));
        assert_eq!(answer.body["token_type"], json!("Bearer"));
        for name in ["sub", "iss", "aud", "exp", "iat", "jti", "role"] {
            assert_eq!(answer.body[name], claims[name], "{name}");
        }
        let answer = introspect(&caller, &service.key).await.expect(200);
        assert_eq!(answer.body["scope"], json!("introspect"));
        for token in [ada.refresh.as_str(), "garbage"] {
            let answer = introspect(&caller, token).await.expect(200);
            assert_eq!(answer.body, json!({ "active": false }));
        }
    }
}

#[tokio::test]
async fn nobody_else_does() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let weak = admin.service(&["orders:read"]).await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    let caller = world.anyone().bearing(&weak.key);
    let answer = introspect(&caller, &ada.access).await.expect(403);
    assert_eq!(answer.body["error"], json!("insufficient_scope"));
    let challenge = "Bearer error=\"insufficient_scope\"";
    assert_eq!(answer.header("www-authenticate"), challenge);
    let none = introspect(&world.anyone(), &ada.access).await.expect(401);
    assert_eq!(none.header("www-authenticate"), "Bearer");
    // An administrator is a person, and no service.
    for bearer in [
        ada.access.as_str(),
        admin.0.access.as_str(),
        "postern_sk_7_x",
    ] {
        let caller = world.anyone().bearing(bearer);
        let answer = introspect(&caller, &ada.access).await.expect(401);
        assert_eq!(answer.body["error"], json!("invalid_token"));
    }
    let wrong = format!("{}A", &weak.key[..weak.key.len() - 1]);
    let caller = world.anyone().bearing(&wrong);
    introspect(&caller, &ada.access).await.expect(401);
}

#[tokio::test]
async fn a_revoked_key_introspects_nothing() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["introspect"]).await;
    let caller = world.anyone().bearing(&service.key);
    introspect(&caller, "garbage").await.expect(200);
    admin.revoke_key(service.id).await.expect(200);
    introspect(&caller, "garbage").await.expect(401);
}

#[tokio::test]
async fn a_form_is_read_by_the_book() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["introspect"]).await;
    let caller = world.anyone().bearing(&service.key);
    for (body, told) in [
        ("", "token is required"),
        ("token=", "token is required"),
        ("token=a&token=b", "token must be sent once"),
        (
            "tok%00en=a&tok%00en=b",
            "a parameter must be sent once; token is required",
        ),
    ] {
        let answer = caller.form_text(PATH, body).await.expect(400);
        assert_eq!(
            answer.body,
            json!({ "error": "invalid_request", "error_description": told })
        );
    }
    caller
        .post(PATH, &json!({ "token": "a" }))
        .await
        .expect(415);
    let large = format!("token={}", "a".repeat(70_000));
    caller.form_text(PATH, &large).await.expect(413);
}

#[tokio::test]
async fn services_behind_one_address_have_a_limit_each() {
    let world = World::with(&[("POSTERN_INTROSPECTIONS_A_MINUTE", "2")]).await;
    let admin = world.admin("root@example.com").await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    for _ in 0..2 {
        let service = admin.service(&["introspect"]).await;
        let caller = world.anyone().bearing(&service.key);
        for _ in 0..2 {
            introspect(&caller, &ada.access).await.expect(200);
        }
        introspect(&caller, &ada.access).await.expect(429);
    }
}
