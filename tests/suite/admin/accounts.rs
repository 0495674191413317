//! PUT /admin/activate-user, deactivate-user, user/role; DELETE /admin/user;
//! POST /admin/lock, unlock

use domain::account::Role;
use serde_json::{Value, json};
use tests::{Anyone, World};

use super::{ADA, ROOT, id, lock, put, root, set_role, unlock, world};
use crate::auth::{self, PASSWORD, is_signed_in};

async fn ada(world: &World) -> Anyone<'_> {
    let client = world.anyone();
    auth::register(&client, "ada", ADA, PASSWORD)
        .await
        .expect(200);
    world.prove(ADA).await;
    let answer = auth::login(&client, ADA, PASSWORD).await.expect(200);
    client.bearing(answer.str("access_token"))
}

fn flags(user: &Value) -> (bool, bool) {
    let flag = |name: &str| user[name].as_bool().unwrap();
    (flag("is_active"), flag("account_locked"))
}

#[tokio::test]
async fn a_deactivated_account_is_closed_until_it_is_activated() {
    let world = world().await;
    let root = root(&world).await;
    let member = ada(&world).await;
    let uid = id(&world, ADA).await;
    let (off, on) = (
        format!("/admin/deactivate-user/{uid}"),
        format!("/admin/activate-user/{uid}"),
    );
    let user = put(&root, &off).await.expect(200).body;
    assert_eq!(
        (user["id"].as_u64(), flags(&user)),
        (Some(uid), (false, false))
    );
    assert!(!is_signed_in(&member).await);
    auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(401);
    let again = put(&root, &off).await.expect(200).body;
    assert_eq!(again, user, "so already");
    let user = put(&root, &on).await.expect(200).body;
    assert_eq!(flags(&user), (true, false));
    assert!(!is_signed_in(&member).await, "what ended stays ended");
    auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_lock_and_a_deactivation_do_not_undo_each_other() {
    let world = world().await;
    let root = root(&world).await;
    ada(&world).await;
    let uid = id(&world, ADA).await;
    let answer = lock(&root, ADA).await.expect(200);
    assert_eq!(
        answer.body,
        json!({ "message": "Account locked successfully" })
    );
    let user = put(&root, &format!("/admin/deactivate-user/{uid}")).await;
    assert_eq!(flags(&user.expect(200).body), (false, true));
    let answer = unlock(&root, ADA).await.expect(200);
    assert_eq!(
        answer.body,
        json!({ "message": "Account unlocked successfully" })
    );
    auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(401);
    lock(&root, ADA).await.expect(200);
    let user = put(&root, &format!("/admin/activate-user/{uid}")).await;
    assert_eq!(flags(&user.expect(200).body), (true, true));
    auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(401);
    unlock(&root, ADA).await.expect(200);
    auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn unlocking_forgets_what_was_guessed() {
    let world = world().await;
    let root = root(&world).await;
    ada(&world).await;
    for n in 0..6 {
        auth::login(&world.at(&format!("203.0.113.{n}")), ADA, "wrong").await;
    }
    let stranger = world.at("203.0.113.99");
    auth::login(&stranger, ADA, PASSWORD).await.expect(429);
    unlock(&root, ADA).await.expect(200);
    auth::login(&stranger, ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_role_is_given_by_username_and_ends_the_sessions_that_had_another() {
    let world = world().await;
    let root = root(&world).await;
    let member = ada(&world).await;
    let answer = set_role(&root, "Ada", "operator").await.expect(200);
    assert_eq!(
        answer.body,
        json!({ "message": "User role updated successfully" })
    );
    assert!(!is_signed_in(&member).await);
    let answer = auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(200);
    let claims = tests::forge::claims(answer.str("access_token"));
    assert_eq!(claims["role"], json!("operator"));
    let refused = set_role(&root, "ada", "root").await.expect(422);
    assert_eq!(refused.body["detail"][0]["type"], json!("enum"));
    let nothing = root.send("PUT", "/admin/user/role", &json!({})).await;
    let missing = ["username", "role"].map(|name| format!("body.{name}: Field required"));
    assert_eq!(auth::problems(&nothing.expect(422)), missing);
}

#[tokio::test]
async fn whom_there_is_not_cannot_be_governed() {
    let world = world().await;
    let root = root(&world).await;
    ada(&world).await;
    let uid = id(&world, ADA).await;
    let gone = format!("/admin/user/{uid}");
    root.raw("DELETE", &gone, "").await.expect(200);
    let answers = [
        root.raw("DELETE", &gone, "").await,
        put(&root, &format!("/admin/activate-user/{uid}")).await,
        put(&root, &format!("/admin/deactivate-user/{uid}")).await,
        put(&root, "/admin/activate-user/-1").await,
        put(&root, "/admin/deactivate-user/99999999999999999999").await,
        lock(&root, ADA).await,
        unlock(&root, ADA).await,
        set_role(&root, "ada", "user").await,
    ];
    for answer in answers {
        assert_eq!(answer.expect(404).str("detail"), "User not found");
    }
    let refused = put(&root, "/admin/activate-user/ada").await.expect(422);
    assert_eq!(refused.body["detail"][0]["loc"], json!(["path", "user_id"]));
    let refused = lock(&root, "ada").await.expect(422);
    assert_eq!(refused.body["detail"][0]["loc"], json!(["body", "email"]));
}

#[tokio::test]
async fn administrators_shut_out_others_and_never_themselves() {
    let world = world().await;
    let root = root(&world).await;
    let uid = id(&world, ROOT).await;
    let refusals = [
        lock(&root, ROOT).await,
        put(&root, &format!("/admin/deactivate-user/{uid}")).await,
        root.raw("DELETE", &format!("/admin/user/{uid}"), "").await,
        set_role(&root, "root", "user").await,
    ];
    for refused in refusals {
        let detail = "Only another administrator may do this";
        assert_eq!(refused.expect(400).str("detail"), detail);
    }
    set_role(&root, "root", "admin").await.expect(200);
    unlock(&root, ROOT).await.expect(200);
    root.get("/admin/users").await.expect(200);
    // Each other they may, or a lost account could never be closed.
    let other = super::administrator(&world.at("192.0.2.201"), "other@example.com").await;
    lock(&other, ROOT).await.expect(200);
    let refused = root.get("/admin/users").await.expect(403);
    assert_eq!(refused.str("detail"), "Invalid token");
}

#[tokio::test]
async fn what_cannot_be_undone_wants_a_fresh_sign_in() {
    let world = world().await;
    let root = root(&world).await;
    ada(&world).await;
    let uid = id(&world, ADA).await;
    world.clock.advance(601);
    lock(&root, ADA).await.expect(200);
    unlock(&root, ADA).await.expect(200);
    for refused in [
        set_role(&root, "ada", "operator").await,
        root.raw("DELETE", &format!("/admin/user/{uid}"), "").await,
    ] {
        assert_eq!(refused.expect(403).str("detail"), "Recent sign-in required");
    }
}

#[tokio::test]
async fn every_act_says_who_did_it() {
    let world = world().await;
    let root = root(&world).await;
    ada(&world).await;
    let ada = world.postern.find_user(&auth::address(ADA)).await.unwrap();
    let admin = world.postern.find_user(&auth::address(ROOT)).await.unwrap();
    world.clock.advance(1);
    lock(&root, ADA).await.expect(200);
    world.clock.advance(1);
    unlock(&root, ADA).await.expect(200);
    world.clock.advance(1);
    put(&root, &format!("/admin/deactivate-user/{}", ada.uid))
        .await
        .expect(200);
    world.clock.advance(1);
    put(&root, &format!("/admin/activate-user/{}", ada.uid))
        .await
        .expect(200);
    world.clock.advance(1);
    set_role(&root, "ada", Role::Operator.name())
        .await
        .expect(200);
    world.clock.advance(1);
    root.raw("DELETE", &format!("/admin/user/{}", ada.uid), "")
        .await
        .expect(200);
    let of = flows::HistoryOf::Account(ada.sub);
    let asked = flows::AuditQuery::default();
    let history = world
        .postern
        .audit_history(&of, &asked, None, 6)
        .await
        .unwrap();
    let kinds: Vec<_> = history
        .events
        .iter()
        .rev()
        .map(|event| json!(event.kind))
        .collect();
    let expected = [
        "ACCOUNT_LOCKED",
        "ACCOUNT_UNLOCKED",
        "ACCOUNT_DEACTIVATED",
        "ACCOUNT_ACTIVATED",
        "ROLE_CHANGED",
        "ACCOUNT_DELETED",
    ];
    assert_eq!(kinds, expected);
    let roles: Vec<_> = history
        .events
        .iter()
        .filter_map(|event| event.role)
        .collect();
    assert_eq!(roles, [Role::Operator]);
    for event in history.events {
        assert_eq!(
            (json!(event.actor), event.by),
            (json!("administrator"), Some(admin.sub))
        );
        assert_eq!(event.client.unwrap().ip, "192.0.2.200");
    }
}
