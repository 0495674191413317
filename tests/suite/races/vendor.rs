//! One address, registered as a vendor's by many.

use futures_util::future::join_all;
use tests::World;

use super::won;
use crate::vendor::{SHOP, register};

/// How many of twenty at once became the vendor.
async fn twenty_registrations(world: &World) -> usize {
    let answers = join_all((0..20).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { register(&client, SHOP).await }
    }))
    .await;
    won(&answers).len()
}

#[tokio::test]
async fn twenty_registrations_of_one_address_make_one_vendor() {
    let world = World::new().await;
    assert_eq!(twenty_registrations(&world).await, 1);
}

#[tokio::test]
async fn twenty_registrations_of_a_vendor_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    assert!(twenty_registrations(&world).await > 1);
}
