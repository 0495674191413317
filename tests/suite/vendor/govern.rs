//! POST /admin/vendor/lock, unlock; DELETE /admin/vendor/{vendor_id}

use domain::account::{Role, Status};
use domain::audit::{Actor, EventKind};
use flows::WhichVendor;
use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

use super::{SHOP, bearer, is_vendor, login, register, shop, trail, trail_of};
use crate::auth::address;
use crate::vendor::PASSWORD;

const ROOT: &str = "root@example.com";

async fn lock(client: &Anyone<'_>, email: &str) -> Answer {
    client
        .post("/admin/vendor/lock", &json!({ "email": email }))
        .await
}

async fn unlock(client: &Anyone<'_>, email: &str) -> Answer {
    client
        .post("/admin/vendor/unlock", &json!({ "email": email }))
        .await
}

async fn delete(client: &Anyone<'_>, id: &str) -> Answer {
    client
        .raw("DELETE", &format!("/admin/vendor/{id}"), "")
        .await
}

async fn found(world: &World) -> domain::vendor::Vendor {
    let which = WhichVendor::Address(address(SHOP));
    world.postern.find_vendor(&which).await.unwrap()
}

#[tokio::test]
async fn a_locked_vendor_is_out_at_once_and_looks_like_a_wrong_password() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await;
    let vendor = shop(&world.anyone()).await;
    let root = admin.client();
    let done = lock(&root, SHOP).await.expect(200);
    assert_eq!(
        done.body,
        json!({ "message": "Vendor locked successfully" })
    );
    let refused = super::change(&vendor, PASSWORD, crate::auth::OTHER).await;
    assert_eq!(refused.expect(401).str("detail"), "Inactive user");
    let seen = |answer: &Answer| (answer.status, answer.body.clone());
    let right = login(&world.at("198.51.100.1"), SHOP, PASSWORD).await;
    let wrong = login(&world.at("198.51.100.2"), SHOP, "difference engine").await;
    let unknown = login(&world.at("198.51.100.3"), "no@example.com", PASSWORD).await;
    assert_eq!(right.status, 400);
    assert_eq!(seen(&right), seen(&wrong));
    assert_eq!(seen(&right), seen(&unknown));
    lock(&root, SHOP).await.expect(200);
    let done = unlock(&root, SHOP).await.expect(200);
    assert_eq!(
        done.body,
        json!({ "message": "Vendor unlocked successfully" })
    );
    assert!(!is_vendor(&vendor).await, "what ended stays ended");
    assert!(is_vendor(&bearer(&world.anyone(), PASSWORD).await).await);
    let user = world.postern.find_user(&address(ROOT)).await.unwrap();
    let events = trail(&world).await;
    for kind in [EventKind::AccountLocked, EventKind::AccountUnlocked] {
        let by = (kind, Actor::Administrator, Some(user.sub));
        let times = events.iter().filter(|event| **event == by).count();
        assert_eq!(times, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn unlocking_forgets_what_was_guessed() {
    let world = World::new().await;
    register(&world.anyone(), SHOP).await.expect(200);
    let stale = world.admin("stale@example.com").await;
    world.clock.advance(601);
    for n in 0..6 {
        login(&world.at(&format!("203.0.113.{n}")), SHOP, "wrong").await;
    }
    let stranger = world.at("203.0.113.99");
    login(&stranger, SHOP, PASSWORD).await.expect(429);
    // A session that was stolen makes no room for guesses.
    unlock(&stale.client(), SHOP).await.expect(403);
    login(&stranger, SHOP, PASSWORD).await.expect(429);
    let admin = world.admin(ROOT).await;
    unlock(&admin.client(), SHOP).await.expect(200);
    login(&stranger, SHOP, PASSWORD).await.expect(200);
    let events = trail(&world).await;
    let forgot = |event: &&(EventKind, Actor, _)| event.0 == EventKind::GuessesForgotten;
    assert_eq!(events.iter().filter(forgot).count(), 1);
}

#[tokio::test]
async fn a_deleted_vendor_is_nobody_and_its_address_is_free() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await;
    let vendor = shop(&world.anyone()).await;
    let before = found(&world).await;
    let id = before.number.to_string();
    let root = admin.client();
    world.clock.advance(1);
    let done = delete(&root, &id).await.expect(200);
    assert_eq!(
        done.body,
        json!({ "message": "Vendor deleted successfully" })
    );
    assert!(!is_vendor(&vendor).await);
    login(&world.anyone(), SHOP, PASSWORD).await.expect(400);
    for again in [delete(&root, &id).await, lock(&root, SHOP).await] {
        assert_eq!(again.expect(404).str("detail"), "Vendor not found");
    }
    let left = world.store().vendor(before.id).await.unwrap().unwrap();
    assert_eq!(
        (left.status, left.email, left.credential),
        (Status::Deleted, None, None)
    );
    assert!(left.name.is_empty());
    let numbers = world.store().vendor_of_number(before.number).await.unwrap();
    assert_eq!(numbers, Some(before.id), "the integer id stays taken");
    let user = world.postern.find_user(&address(ROOT)).await.unwrap();
    let events = trail_of(&world, before.id).await;
    let by = (
        EventKind::AccountDeleted,
        Actor::Administrator,
        Some(user.sub),
    );
    assert_eq!(events[0], by);
    register(&world.at("192.0.2.50"), SHOP).await.expect(200);
    assert_ne!(found(&world).await.number, before.number);
    assert!(!is_vendor(&vendor).await, "another vendor's token by now");
}

#[tokio::test]
async fn only_administrators_may_and_only_a_fresh_one_deletes() {
    let world = World::new().await;
    let vendor = shop(&world.anyone()).await;
    let id = found(&world).await.number.to_string();
    let tried = async |client: &Anyone<'_>| {
        [
            lock(client, SHOP).await,
            unlock(client, SHOP).await,
            delete(client, &id).await,
        ]
    };
    for answer in tried(&world.anyone()).await {
        assert_eq!(answer.expect(401).str("detail"), "Not authenticated");
    }
    for answer in tried(&vendor).await {
        assert_eq!(answer.expect(403).str("detail"), "Invalid token");
    }
    let member = world.anyone().sign_in("ada@example.com").await;
    for role in [
        Role::User,
        Role::Operator,
        Role::NetworkManager,
        Role::Admin,
    ] {
        world
            .set_user("ada@example.com", |user| user.role = role)
            .await;
        for answer in tried(&member.client()).await {
            let detail = answer.expect(403).str("detail").to_owned();
            assert_eq!(detail, "Not enough permissions", "four digits, {role:?}");
        }
    }
    let admin = world.admin(ROOT).await;
    world.clock.advance(601);
    let stale = delete(&admin.client(), &id).await.expect(403);
    assert_eq!(stale.str("detail"), "Recent sign-in required");
    assert_eq!(found(&world).await.status, Status::Active);
    lock(&admin.client(), SHOP).await.expect(200);
}

#[tokio::test]
async fn what_is_no_vendor_is_said() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await;
    let root = admin.client();
    // A user's address and id are no vendor's.
    let user = world.postern.find_user(&address(ROOT)).await.unwrap();
    let uid = user.uid.to_string();
    let answers = [
        lock(&root, ROOT).await,
        unlock(&root, ROOT).await,
        delete(&root, &uid).await,
        delete(&root, "-1").await,
    ];
    for answer in answers {
        assert_eq!(answer.expect(404).str("detail"), "Vendor not found");
    }
    delete(&root, "x").await.expect(422);
    let nothing = root.post("/admin/vendor/lock", &Value::Null).await;
    assert_eq!(nothing.status, 422);
}
