//! Every operation of the family, tried by those who may not.

use domain::account::Role;
use serde_json::{Value, json};
use tests::{Answer, Anyone};

use super::{ADA, world};

/// What administrators alone may: method, path and a good body.
fn closed() -> Vec<(&'static str, &'static str, Value)> {
    let email = json!({ "email": ADA });
    vec![
        ("GET", "/admin/users", Value::Null),
        ("PUT", "/admin/activate-user/7", Value::Null),
        ("PUT", "/admin/deactivate-user/7", Value::Null),
        (
            "PUT",
            "/admin/user/role",
            json!({ "username": "ada", "role": "admin" }),
        ),
        ("DELETE", "/admin/user/7", Value::Null),
        ("POST", "/admin/lock", email.clone()),
        ("POST", "/admin/unlock", email),
        (
            "POST",
            "/admin/vendor/lock",
            json!({ "email": "shop@example.com" }),
        ),
        (
            "POST",
            "/admin/vendor/unlock",
            json!({ "email": "shop@example.com" }),
        ),
        ("DELETE", "/admin/vendor/7", Value::Null),
        ("GET", "/admin/me", Value::Null),
        ("GET", "/admin/sensitive/ping", Value::Null),
        ("POST", "/admin/mfa/setup", Value::Null),
        ("POST", "/admin/mfa/verify", json!({ "code": "123456" })),
    ]
}

/// The operations that are the Auth Service's.
fn is_auth_service(path: &str) -> bool {
    !["/admin/me", "/admin/sensitive", "/admin/mfa"]
        .iter()
        .any(|start| path.starts_with(start))
}

async fn tried(caller: &Anyone<'_>) -> Vec<(&'static str, Answer)> {
    let mut answers = Vec::new();
    for (method, path, body) in closed() {
        answers.push((path, caller.send(method, path, &body).await));
    }
    answers
}

#[tokio::test]
async fn whom_nobody_knows_is_told_to_sign_in() {
    let world = world().await;
    for (path, answer) in tried(&world.anyone()).await {
        let answer = answer.expect(401);
        assert_eq!(answer.str("detail"), "Not authenticated", "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{path}");
    }
}

#[tokio::test]
async fn a_bearer_that_is_no_good_is_refused_in_each_contracts_words() {
    let world = world().await;
    let ada = world.anyone().sign_in(ADA).await;
    let expired = world.anyone().bearing(&ada.access);
    for bearer in ["garbage", ada.refresh.as_str()] {
        for (path, answer) in tried(&world.anyone().bearing(bearer)).await {
            let expected = match is_auth_service(path) {
                true => (403, "Invalid token"),
                false => (401, "Could not validate credentials"),
            };
            assert_eq!((answer.status, answer.str("detail")), expected, "{path}");
        }
    }
    world.clock.advance(3600);
    for (path, answer) in tried(&expired).await {
        let status = if is_auth_service(path) { 403 } else { 401 };
        assert_eq!(answer.status, status, "{path}");
    }
}

#[tokio::test]
async fn members_and_administrators_by_four_digits_may_nothing_here() {
    let world = world().await;
    let member = world.anyone().sign_in(ADA).await;
    let path = "/cfg/accounts/api-key/regenerate/";
    let key = member.client().post(path, &json!({})).await.expect(200);
    let refused = |tried: Vec<(&'static str, Answer)>| {
        for (path, answer) in tried {
            let seen = (answer.status, answer.str("detail"));
            assert_eq!(seen, (403, "Not enough permissions"), "{path}");
        }
    };
    refused(tried(&member.client()).await);
    for role in [Role::Operator, Role::NetworkManager, Role::Admin] {
        world.set_user(ADA, |user| user.role = role).await;
        refused(tried(&member.client()).await);
    }
    let holder = world.anyone().header("x-api-key", key.str("key"));
    for (path, answer) in tried(&holder).await {
        assert_eq!(answer.status, 401, "{path}: a key is nobody here");
    }
    let user = world
        .postern
        .find_user(&crate::auth::address(ADA))
        .await
        .unwrap();
    assert_eq!((user.role, user.is_active()), (Role::Admin, true));
}

#[tokio::test]
async fn a_pending_token_opens_one_of_them() {
    let world = world().await;
    let root = super::root(&world).await;
    let set_up = root.post("/admin/mfa/setup", &json!({})).await.expect(200);
    let secret = set_up.str("secret").to_owned();
    let shown = |world: &tests::World| crate::auth::second_factor::shown(world, &secret);
    let body = json!({ "code": shown(&world) });
    root.post("/admin/mfa/verify", &body).await.expect(200);
    world.clock.advance(30);
    let waiting = super::login(&world.anyone(), super::ROOT, crate::auth::PASSWORD).await;
    let waiting = waiting.expect(200);
    assert_eq!(waiting.body["requires_2fa"], json!(true));
    let pending = world.anyone().bearing(waiting.str("access_token"));
    for (path, answer) in tried(&pending).await {
        let status = if is_auth_service(path) { 403 } else { 401 };
        assert_eq!(
            answer.status, status,
            "{path}: a wrong code where one is taken"
        );
    }
    let body = json!({ "code": shown(&world) });
    let whole = pending.post("/admin/mfa/verify", &body).await.expect(200);
    let whole = world.anyone().bearing(whole.str("access_token"));
    whole.get("/admin/sensitive/ping").await.expect(200);
}
