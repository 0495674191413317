//! Many at once over one device grant.

use futures_util::future::{join, join_all};
use tests::{Answer, Visitor, World};

use super::{ADA, won};
use crate::api::Device;

async fn fifty_polls(device: &Device<'_>) -> Vec<Answer> {
    join_all((0..50).map(|_| device.poll())).await
}

fn sessions(
    rows: &[std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>],
) -> usize {
    let granted = rows.iter().filter(|row| row.contains_key("granted_to"));
    granted.count()
}

#[tokio::test]
async fn fifty_exchanges_of_one_code_make_one_session() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    device.answered(ADA, "/device/approve").await;
    let answers = fifty_polls(&device).await;
    assert_eq!(won(&answers).len(), 1);
    let lost = answers.iter().filter(|answer| answer.status != 200);
    for answer in lost {
        assert_eq!((answer.status, answer.str("error")), (400, "expired_token"));
    }
    assert_eq!(sessions(&world.dump(&world.table).await), 1);
}

#[tokio::test]
async fn fifty_exchanges_twin_without_conditions() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    device.answered(ADA, "/device/approve").await;
    world.tap.weaken("TransactWriteItems");
    let answers = fifty_polls(&device).await;
    assert!(won(&answers).len() > 1);
    assert!(sessions(&world.dump(&world.table).await) > 1);
}

/// Two browsers of one person, both showing the device.
async fn showing<'w>(world: &'w World, device: &Device<'_>) -> [Visitor<'w>; 2] {
    let mut browser = Visitor::open(world.anyone(), "/device").await;
    browser.sign_in(ADA).await;
    browser
        .fill("/device/check", &[("user_code", &device.user_code)])
        .await;
    [browser.clone(), browser]
}

/// How many of an approval and a denial at one moment were taken, ten times over.
async fn taken(world: &World) -> Vec<usize> {
    let mut taken = Vec::new();
    for _ in 0..10 {
        world.clock.advance(61);
        let device = Device::asking(world).await;
        let [mut yes, mut no] = showing(world, &device).await;
        join(
            yes.press("/device/approve", "/device/approve", &[]),
            no.press("/device/approve", "/device/deny", &[]),
        )
        .await;
        let said = [("/approve", yes.page.status), ("/deny", no.page.status)];
        let won = said.iter().filter(|(_, status)| *status == 200).count();
        if won == 1 {
            let answer = device.poll().await;
            let approved = yes.page.status == 200;
            assert_eq!(
                answer.status == 200,
                approved,
                "what was said is what holds"
            );
        }
        taken.push(won);
    }
    taken
}

#[tokio::test]
async fn of_an_approval_and_a_denial_one_wins() {
    let world = World::new().await;
    assert_eq!(taken(&world).await, [1; 10]);
}

#[tokio::test]
async fn of_an_approval_and_a_denial_twin_without_conditions() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    world.clock.advance(60);
    world.tap.weaken("TransactWriteItems");
    assert!(taken(&world).await.contains(&2));
}

/// How many of eight keys that were asked for at once were made, and how many there are
/// beside the first.
async fn eight_keys(world: &World, weak: bool) -> (usize, usize) {
    let got = Device::let_in(world, ADA).await;
    if weak {
        for write in ["PutItem", "UpdateItem", "TransactWriteItems"] {
            world.tap.weaken(write);
        }
    }
    let manager = world.anyone().bearing(got.str("management_key"));
    let path = "/api/auth/keys/management/";
    let body = serde_json::json!({});
    let made = join_all((0..8).map(|_| manager.post(path, &body))).await;
    assert!(
        made.iter()
            .all(|answer| answer.status == 201 || answer.status == 503)
    );
    let kept = made.iter().filter(|answer| answer.status == 201).count();
    let listed = manager.get(path).await.expect(200);
    (kept, listed.body.as_array().unwrap().len() - 1)
}

#[tokio::test]
async fn keys_made_at_once_are_all_kept() {
    let (made, kept) = eight_keys(&World::new().await, false).await;
    assert!(made > 0 && made == kept, "{made} {kept}");
}

#[tokio::test]
async fn keys_made_at_once_twin_without_conditions() {
    let (made, kept) = eight_keys(&World::new().await, true).await;
    assert!(kept < made, "{made} {kept}");
}
