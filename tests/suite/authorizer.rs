//! The Lambda authorizer, asked as API Gateway asks.

use domain::EmailAddress;
use serde_json::{Value, json};
use tests::{World, forge};

/// API Gateway's question about a request (payload 2.0), as AWS documents it.
fn event(authorization: &str) -> Value {
    json!({
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": "arn:aws:execute-api:eu-central-1:123456789012:abcdef123/$default/GET/orders",
        "identitySource": [authorization],
        "routeKey": "GET /orders",
        "rawPath": "/orders",
        "rawQueryString": "",
        "cookies": [],
        "headers": { "authorization": authorization, "host": "api.example.com" },
        "queryStringParameters": {},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdef123",
            "http": { "method": "GET", "path": "/orders", "sourceIp": "192.0.2.9", "userAgent": "x" },
            "stage": "$default",
        },
        "pathParameters": {},
        "stageVariables": {},
    })
}

async fn asked(world: &World, bearer: &str) -> Value {
    let question = event(&format!("Bearer {bearer}"));
    authorizer::authorize(world.postern.clone(), question)
        .await
        .unwrap()
}

fn refused() -> Value {
    json!({ "isAuthorized": false })
}

#[tokio::test]
async fn people_and_services_pass_with_what_they_are() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["orders:read", "orders:write"]).await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    let sub = forge::claims(&ada.access)["sub"].clone();
    let passed = json!({
        "isAuthorized": true, "context": { "sub": sub, "role": "user", "scopes": "", "token_type": "access" },
    });
    assert_eq!(asked(&world, &ada.access).await, passed);
    let root = admin.0.refreshed().await;
    assert_eq!(
        asked(&world, &root.access).await["context"]["role"],
        "admin"
    );
    let passed = json!({
        "isAuthorized": true,
        "context": {
            "sub": service.id.to_string(), "role": "service", "event_id": 7,
            "scopes": "orders:read orders:write", "token_type": "api_key",
        },
    });
    assert_eq!(asked(&world, &service.key).await, passed);
}

#[tokio::test]
async fn nobody_passes_a_moment_longer() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&[]).await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    for bearer in ["", "garbage", ada.refresh.as_str()] {
        assert_eq!(asked(&world, bearer).await, refused());
    }
    for odd in [
        json!(null),
        json!({ "headers": 7 }),
        json!({}),
        event("Basic YTpi"),
    ] {
        let decision = authorizer::authorize(world.postern.clone(), odd)
            .await
            .unwrap();
        assert_eq!(decision, refused());
    }
    let address = EmailAddress::parse("ada@example.com").unwrap();
    world.postern.lock_user(&address).await.unwrap();
    assert_eq!(asked(&world, &ada.access).await, refused());
    admin.revoke_key(service.id).await.expect(200);
    assert_eq!(asked(&world, &service.key).await, refused());
}

#[tokio::test]
async fn who_cannot_tell_does_not_let_pass() {
    let world = World::new().await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    world.tap.fail("BatchGetItem", tests::Fault::Unreachable, 4);
    let question = event(&format!("Bearer {}", ada.access));
    let decision = authorizer::authorize(world.postern.clone(), question).await;
    assert!(matches!(decision, Err(domain::Error::Unavailable(_))));
}

#[tokio::test]
async fn a_token_for_something_else_does_not_pass() {
    let world = World::new().await;
    world.event(7).await;
    let admin = world.admin("root@example.com").await;
    let personal = json!({});
    let path = "/cfg/accounts/api-key/regenerate/";
    let personal = admin.client().post(path, &personal).await.expect(200);
    let offline = json!({ "event_id": 7 });
    let offline = admin.client().post("/tokens/offline", &offline).await;
    let offline = offline.expect(200);
    for token in [
        offline.str("offline_token"),
        personal.str("key"),
        &admin.0.refresh,
    ] {
        assert_eq!(asked(&world, token).await, refused());
    }
}
