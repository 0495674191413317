//! What the family leaves in the tables, and what its role may do.

use std::collections::BTreeSet;

use serde_json::json;
use tests::{Call, World};

use super::password_reset::{ask, confirm};
use super::{ADA, KEY, ROOT, id, lock, login, put, register, root, set_role, unlock, world};
use crate::auth::second_factor::shown;
use crate::auth::{self, OTHER, PASSWORD, letter_token};
use crate::storage::{actions, granted, texts};

/// Does everything that the family offers: what must stay secret, and the calls that it
/// took.
async fn everything(world: &World) -> (Vec<String>, Vec<Call>) {
    let mut secrets = vec![KEY.to_owned(), PASSWORD.to_owned(), OTHER.to_owned()];
    // What any function does when it is the first to start.
    let mut calls = world.tap.calls();
    auth::register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    world.anyone().request_code(ADA).await.expect(200);
    let picture = domain::picture::Picture {
        id: uuid::Uuid::from_u128(7),
        url: "https://id.example.com/cfg/accounts/profile/avatar/7/".to_owned(),
    };
    world
        .set_user(ADA, |user| user.picture = Some(picture))
        .await;
    let uid = id(world, ADA).await;
    world.tap.clear();
    let admin = root(world).await;
    register(&world.anyone(), "root", ROOT, KEY)
        .await
        .expect(400);
    register(&world.anyone(), "root", ROOT, "wrong")
        .await
        .expect(403);
    for n in 0..6 {
        login(&world.at(&format!("203.0.113.{n}")), ROOT, "a wrong guess").await;
    }
    login(&world.anyone(), ADA, PASSWORD).await.expect(403);
    admin.get("/admin/users?matching=ada").await.expect(200);
    lock(&admin, ADA).await.expect(200);
    unlock(&admin, ADA).await.expect(200);
    put(&admin, &format!("/admin/deactivate-user/{uid}"))
        .await
        .expect(200);
    put(&admin, &format!("/admin/activate-user/{uid}"))
        .await
        .expect(200);
    set_role(&admin, "ada", "operator").await.expect(200);
    admin
        .raw("DELETE", &format!("/admin/user/{uid}"), "")
        .await
        .expect(200);
    govern_vendor(world, &admin).await;
    admin.get("/admin/me").await.expect(200);
    let set_up = admin.post("/admin/mfa/setup", &json!({})).await.expect(200);
    let secret = set_up.str("secret").to_owned();
    let code = |world: &World| json!({ "code": shown(world, &secret) });
    let answer = admin
        .post("/admin/mfa/verify", &code(world))
        .await
        .expect(200);
    secrets.extend(["access_token", "refresh_token"].map(|name| answer.str(name).to_owned()));
    world.clock.advance(60);
    let waiting = login(&world.at("192.0.2.200"), ROOT, PASSWORD)
        .await
        .expect(200);
    let pending = waiting.str("access_token").to_owned();
    let waiting = world.anyone().bearing(&pending);
    let wrong = json!({ "code": "000000" });
    waiting.post("/admin/mfa/verify", &wrong).await.expect(401);
    let answer = waiting
        .post("/admin/mfa/verify", &code(world))
        .await
        .expect(200);
    let whole = world.anyone().bearing(answer.str("access_token"));
    world.clock.advance(30);
    whole
        .post("/admin/mfa/verify", &code(world))
        .await
        .expect(200);
    for address in [ROOT, "nobody@example.com"] {
        ask(&world.anyone(), address).await.expect(200);
    }
    let token = letter_token(world, ROOT);
    confirm(&world.anyone(), &token, OTHER).await.expect(200);
    secrets.extend([secret, pending, token]);
    calls.extend(world.tap.calls());
    (secrets, calls)
}

/// What the family does to a vendor, which another one made.
async fn govern_vendor(world: &World, admin: &tests::Anyone<'_>) {
    let made = crate::vendor::register(&world.at("192.0.2.201"), crate::vendor::SHOP).await;
    let id = made.expect(200).body["id"].clone();
    let shop = json!({ "email": crate::vendor::SHOP });
    for path in ["/admin/vendor/lock", "/admin/vendor/unlock"] {
        admin.post(path, &shop).await.expect(200);
    }
    let path = format!("/admin/vendor/{id}");
    admin.raw("DELETE", &path, "").await.expect(200);
}

#[tokio::test]
async fn a_dump_holds_no_password_no_token_and_no_secret() {
    let world = world().await;
    let (secrets, _) = everything(&world).await;
    let mut values = Vec::new();
    for table in [&world.table, &world.audit_table] {
        for (name, value) in world.dump(table).await.into_iter().flatten() {
            texts(&name, &value, &mut values);
        }
    }
    assert!(values.len() > 200, "there is something to search");
    for secret in &secrets {
        for part in secret.split('.').filter(|part| part.len() > 7) {
            let found = values.iter().find(|(_, value)| value.contains(part));
            assert_eq!(found, None, "{part} is in the clear");
        }
    }
    let audit = format!("{:?}", world.dump(&world.audit_table).await);
    assert!(!audit.contains("example.com") && !audit.contains("192.0.2."));
}

#[tokio::test]
async fn the_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = world().await;
    let (_, calls) = everything(&world).await;
    let done = calls.iter().flat_map(|call| actions(&world, call));
    assert_eq!(done.collect::<BTreeSet<_>>(), granted("AdminRole"));
    for call in &calls {
        let text = call.body.to_string();
        match call.operation.as_str() {
            // Of the directory, or of one account.
            "Query" => assert!(
                call.body["IndexName"] == json!("directory") || text.contains("\"USER#"),
                "{text}"
            ),
            read if read.contains("Get") && read.contains("Item") => {
                assert!(text.contains("\"ConsistentRead\":true"), "{text}");
            }
            operation => assert_ne!(operation, "Scan"),
        }
    }
}
