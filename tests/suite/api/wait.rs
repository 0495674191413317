//! Polls that wait.

use futures_util::future::{join, join_all};
use serde_json::json;
use tests::{Answer, Call, World};

use super::{ADA, Device, refused};

async fn waited(device: &Device<'_>, ip: &str) -> Answer {
    let body = json!({ "device_code": device.code, "wait": true });
    device
        .world
        .at(ip)
        .post("/api/auth/device/token/", &body)
        .await
}

/// Lets time pass for waiting polls, without end.
async fn pass_on(world: &World) {
    loop {
        world.clock.slept_by().await;
        world.clock.advance(1);
        tokio::task::yield_now().await;
    }
}

/// The answer to a wait during which nothing happens but time.
async fn waited_in_vain(device: &Device<'_>) -> Answer {
    tokio::select! {
        answer = waited(device, "192.0.2.1") => answer,
        () = pass_on(device.world) => unreachable!(),
    }
}

#[tokio::test]
async fn a_wait_ends_with_the_answer() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let answering = async {
        world.clock.slept_by().await;
        device.answered(ADA, "/device/approve").await;
        world.clock.advance(2);
    };
    let (got, ()) = join(waited(&device, "192.0.2.1"), answering).await;
    assert!(
        got.expect(200)
            .str("management_key")
            .starts_with("ravi_mgmt_")
    );
}

#[tokio::test]
async fn a_wait_runs_out_after_few_reads() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    world.tap.clear();
    refused(&waited_in_vain(&device).await, "authorization_pending");
    let calls = world.tap.calls();
    assert_eq!(
        calls
            .iter()
            .filter(|call| call.operation == "GetItem")
            .count(),
        9
    );
    assert_eq!(
        calls
            .iter()
            .filter(|call| call.operation == "UpdateItem")
            .count(),
        4
    );
    assert_eq!(calls.len(), 13);
    // The next wait may follow at once: it slows itself down.
    refused(&waited_in_vain(&device).await, "authorization_pending");
}

#[tokio::test]
async fn a_code_has_one_waiter_and_the_others_come_back() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let others = async {
        world.clock.slept_by().await;
        for _ in 0..3 {
            refused(&waited(&device, "192.0.2.2").await, "authorization_pending");
        }
        device.answered(ADA, "/device/deny").await;
        world.clock.advance(1);
    };
    let (got, ()) = join(waited(&device, "192.0.2.1"), others).await;
    refused(&got, "access_denied");
}

/// How many of `devices`, each at its network, were let wait.
async fn waiters(world: &World, devices: &[(Device<'_>, String)]) -> usize {
    world.tap.clear();
    let all = devices.iter().map(|(device, ip)| waited(device, ip));
    let answers = tokio::select! {
        answers = join_all(all) => answers,
        () = pass_on(world) => unreachable!(),
    };
    for answer in &answers {
        refused(answer, "authorization_pending");
    }
    let begun = |call: &&Call| call.body["UpdateExpression"] == "SET waits_until = :until";
    world.tap.calls().iter().filter(begun).count()
}

#[tokio::test]
async fn a_place_and_the_stack_have_few_waiters() {
    let world = World::new().await;
    let mut devices = Vec::new();
    for n in 0..7 {
        let device = Device::asking_from(&world, &format!("198.51.100.{n}")).await;
        devices.push((device, "192.0.2.7".to_owned()));
    }
    assert_eq!(waiters(&world, &devices).await, 5);
    world.clock.advance(60);
    let mut devices = Vec::new();
    for n in 0..25 {
        let ip = format!("198.51.100.{n}");
        devices.push((Device::asking_from(&world, &ip).await, ip));
    }
    assert_eq!(waiters(&world, &devices).await, 20);
}

/// Without a reservation an instance that waits would be one that others lack.
#[tokio::test]
async fn nobody_waits_where_nothing_is_reserved() {
    let world = World::with(&[("POSTERN_DEVICE_CONCURRENCY", "0")]).await;
    let device = Device::asking(&world).await;
    assert_eq!(
        waiters(&world, &[(device, "192.0.2.1".to_owned())]).await,
        0
    );
}
