//! Vendors from before their rows had revisions, epochs and locks.

use flows::VendorAction;
use tests::World;

use super::{SHOP, bearer, change, is_vendor, login, register};
use crate::auth::{OTHER, address};
use crate::vendor::PASSWORD;

/// The shop, as an earlier version wrote its row.
async fn old() -> World {
    let world = World::new().await;
    register(&world.anyone(), SHOP).await.expect(200);
    let rows = world.dump(&world.table).await;
    let row = rows
        .into_iter()
        .find(|row| row["sk"].as_s().unwrap() == "VENDOR");
    let mut row = row.unwrap();
    for name in ["rev", "epoch", "status", "must_change_password"] {
        row.remove(name).expect(name);
    }
    let put = world.db.put_item().table_name(&world.table);
    put.set_item(Some(row)).send().await.unwrap();
    world
}

#[tokio::test]
async fn one_signs_in_and_changes_its_password() {
    let world = old().await;
    let vendor = bearer(&world.anyone(), PASSWORD).await;
    assert!(is_vendor(&vendor).await);
    change(&vendor, PASSWORD, OTHER).await.expect(200);
    assert!(!is_vendor(&vendor).await);
    login(&world.anyone(), SHOP, OTHER).await.expect(200);
}

#[tokio::test]
async fn one_is_locked_and_unlocked() {
    let world = old().await;
    let vendor = bearer(&world.anyone(), PASSWORD).await;
    let shop = address(SHOP);
    let act = |act| world.postern.operate_vendor(&shop, act);
    act(VendorAction::Lock).await.unwrap();
    assert!(!is_vendor(&vendor).await);
    login(&world.anyone(), SHOP, PASSWORD).await.expect(400);
    act(VendorAction::Unlock).await.unwrap();
    login(&world.anyone(), SHOP, PASSWORD).await.expect(200);
}
