//! One address, registered as a vendor's by many.

use futures_util::future::join_all;
use tests::World;

use super::won;
use crate::vendor::{SHOP, register};

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
