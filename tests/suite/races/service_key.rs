//! Revocations of one service's key, leases of one budget, rotations of one ring.

use std::collections::BTreeSet;

use domain::limit::{Limit, Quota};
use domain::rotation::Occasion;
use flows::Rotation;
use futures_util::future::join_all;
use store::Store;
use tests::World;

async fn twenty_revocations(world: &World) -> usize {
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&[]).await;
    let answers = join_all((0..20).map(|_| admin.revoke_key(service.id))).await;
    super::won(&answers).len()
}

#[tokio::test]
async fn twenty_revocations_of_one_key_are_one() {
    let world = World::new().await;
    assert_eq!(twenty_revocations(&world).await, 1);
}

#[tokio::test]
async fn twenty_revocations_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    assert!(twenty_revocations(&world).await > 1);
}

const BUDGET: u32 = 100;

/// How many of 300 hits by six processes at once a budget of 100 admits.
async fn admitted(world: &World) -> usize {
    let limit = Limit {
        name: "race",
        window: 60,
        budget: BUDGET,
        quota: Quota::Network,
    };
    let stores: Vec<Store> = (0..6)
        .map(|_| Store::new(&world.aws.dynamodb, &world.table, &world.audit_table))
        .collect();
    let hits = (0..300).map(|n| {
        let (store, limit, now) = (&stores[n % stores.len()], &limit, world.now());
        async move {
            match store.take(limit, "somebody", now) {
                Some(taken) => taken.is_ok(),
                None => store.lease(limit, "somebody", now).await.unwrap().is_ok(),
            }
        }
    });
    join_all(hits).await.into_iter().filter(|ok| *ok).count()
}

#[tokio::test]
async fn six_processes_share_a_budget_and_exceed_it_never() {
    let world = World::new().await;
    let admitted = admitted(&world).await;
    // All of them want it at once, so hardly anything leased is left over.
    assert!(
        (BUDGET as usize / 2..=BUDGET as usize).contains(&admitted),
        "{admitted}"
    );
}

#[tokio::test]
async fn six_processes_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("UpdateItem");
    assert!(admitted(&world).await > BUDGET as usize);
}

/// Eight processes rotate at once; the keys that were made, and those in the ring.
async fn eight_rotations(world: &World) -> (BTreeSet<String>, usize) {
    let instances = join_all((0..8).map(|seed| world.another_instance(seed))).await;
    let rotations = instances
        .iter()
        .map(|postern| postern.rotate_signing_key(Occasion::Operator, world.now()));
    let made = join_all(rotations)
        .await
        .into_iter()
        .filter_map(|rotated| match rotated.unwrap() {
            Rotation::Published { kid, .. } => Some(kid),
            Rotation::NotDue => None,
        });
    let made = made.collect();
    let fresh = world.another_instance(99).await;
    (made, fresh.published_keys(world.now()).len())
}

#[tokio::test]
async fn eight_rotations_at_once_make_one_key() {
    let world = World::new().await;
    let (made, in_ring) = eight_rotations(&world).await;
    assert_eq!((made.len(), in_ring), (1, 2));
}

#[tokio::test]
async fn eight_rotations_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("PutItem");
    let (made, _) = eight_rotations(&world).await;
    assert!(made.len() > 1, "each believes that its key is the next one");
}
