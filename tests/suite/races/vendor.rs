//! One address, registered as a vendor's by many; one token for its password, shown by
//! many; a lock while it signs in.

use flows::VendorAction;
use futures_util::future::join_all;
use serde_json::json;
use tests::{Answer, World};

use super::won;
use crate::auth::{address, letter_token};
use crate::vendor::{PASSWORD, SHOP, ask, login, register, reset};

/// How many of eight at once became the vendor: each hashes a password, which takes a while where nothing is
/// optimised.
async fn eight_registrations(world: &World) -> usize {
    let answers = join_all((0..8).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { register(&client, SHOP).await }
    }))
    .await;
    won(&answers).len()
}

#[tokio::test]
async fn eight_registrations_of_one_address_make_one_vendor() {
    let world = World::new().await;
    assert_eq!(eight_registrations(&world).await, 1);
}

#[tokio::test]
async fn eight_registrations_of_a_vendor_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    assert!(eight_registrations(&world).await > 1);
}

/// One token, shown by twenty at once, each with a password of their own.
async fn twenty_resets(world: &World) -> Vec<Answer> {
    register(&world.anyone(), SHOP).await.expect(200);
    ask(&world.anyone(), SHOP).await.expect(200);
    let token = letter_token(world, SHOP);
    let token = &token;
    join_all((0..20).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { reset(&client, token, &format!("steam engine no. {n}")).await }
    }))
    .await
}

#[tokio::test]
async fn twenty_resets_by_one_token_set_one_password() {
    let world = World::new().await;
    let answers = twenty_resets(&world).await;
    assert_eq!(won(&answers).len(), 1);
    let place = answers.iter().position(|answer| answer.status == 200);
    let password = format!("steam engine no. {}", place.unwrap());
    login(&world.anyone(), SHOP, &password).await.expect(200);
    login(&world.anyone(), SHOP, PASSWORD).await.expect(400);
}

#[tokio::test]
async fn twenty_resets_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    assert!(won(&twenty_resets(&world).await).len() > 1);
}

/// Tokens of sign-ins that meet a lock, and opened something once it was done.
async fn tokens_that_outlive_a_lock(world: &World) -> usize {
    register(&world.anyone(), SHOP).await.expect(200);
    let shop = address(SHOP);
    let sign_ins = join_all((0..4).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { login(&client, SHOP, PASSWORD).await }
    }));
    let lock = world.postern.operate_vendor(&shop, VendorAction::Lock);
    let (answers, locked) = tokio::join!(sign_ins, lock);
    locked.unwrap();
    let mut alive = 0;
    for answer in won(&answers) {
        let client = world.anyone().bearing(answer.str("access_token"));
        let answer = client.send("PUT", "/vendor/password", &json!({})).await;
        alive += usize::from(answer.status != 401);
    }
    alive
}

#[tokio::test]
async fn no_token_outlives_a_lock_that_it_met() {
    let world = World::new().await;
    assert_eq!(tokens_that_outlive_a_lock(&world).await, 0);
    login(&world.at("203.0.113.1"), SHOP, PASSWORD)
        .await
        .expect(400);
}
