//! /devices, and the tokens that devices hold.

mod offline;
mod operators;

use serde_json::{Value, json};
use tests::site::OPERATORS_PASSWORD;
use tests::{Answer, Anyone, World};

const OLGA: &str = "olga@example.com";
const MAC: &str = "aa:bb:cc:00:11:22";

/// A user who signed in with the password of a site, in a role.
async fn signed_in<'w>(client: &Anyone<'w>, email: &str, role: &str) -> Anyone<'w> {
    let body = json!({ "email": email, "password": OPERATORS_PASSWORD, "role": role });
    let answer = client.post("/auth/login", &body).await.expect(200);
    client.clone().bearing(answer.str("access_token"))
}

async fn look_up(client: &Anyone<'_>, event: u64, mac: &str) -> Answer {
    let body = json!({ "dev_mac": mac, "event_id": event });
    client.post("/devices/auth", &body).await
}

async fn device_login(client: &Anyone<'_>, event: u64, mac: &str) -> Answer {
    let body = json!({ "dev_mac": mac, "event_id": event });
    client.post("/auth/login/device", &body).await
}

async fn take(client: &Anyone<'_>, device: u64, operator: u64) -> Answer {
    let body = json!({ "operator_id": operator });
    client
        .post(&format!("/devices/{device}/token"), &body)
        .await
}

async fn is_valid(world: &World, token: &str) -> bool {
    let answer = world.at("198.51.100.200").verify(token).await.expect(200);
    answer.body["valid"] == json!(true)
}

#[tokio::test]
async fn a_device_is_known_by_its_address_however_it_is_written() {
    let world = World::new().await;
    world.event(7).await;
    world.device(55, 7, MAC).await;
    let client = world.anyone();
    for mac in [MAC, "AA-BB-CC-00-11-22", "aabbcc001122"] {
        let found = look_up(&client, 7, mac).await.expect(200);
        let expected = json!({
            "device_id": 55, "dev_mac": "AA:BB:CC:00:11:22", "event_id": 7, "name": "Bar 3",
            "associated": false,
        });
        assert_eq!(found.body, expected);
    }
    world.archive(55).await;
    let archived = look_up(&client, 7, MAC).await.expect(404);
    for (event, mac) in [(7, "aabbcc001123"), (8, MAC), (7, ""), (7, "x\u{1}y")] {
        let unknown = look_up(&client, event, mac).await.expect(404);
        assert_eq!(unknown.text, archived.text, "{event} {mac}");
    }
    let wrong = client
        .post("/devices/auth", &json!({ "dev_mac": 5, "x": Value::Null }))
        .await;
    assert_eq!(
        wrong.expect(422).body["detail"].as_array().map(Vec::len),
        Some(3)
    );
}

#[tokio::test]
async fn a_device_signs_in_while_it_is_in_an_operators_hands() {
    let world = World::new().await;
    world.event(7).await;
    world.device(55, 7, MAC).await;
    let olga = world.operator(OLGA, 7).await;
    let client = world.anyone();
    let alone = device_login(&client, 7, MAC).await.expect(401);
    let unknown = device_login(&client, 7, "aabbcc001123").await.expect(401);
    assert_eq!(alone.text, unknown.text);

    let bearer = signed_in(&client, OLGA, "operator").await;
    let taken = take(&bearer, 55, olga.uid).await.expect(200);
    assert_eq!(taken.body["device_id"], "55");
    assert_eq!(taken.body["event_id"], "7");
    assert_eq!(taken.body["operator_id"], olga.uid.to_string());
    assert!(look_up(&client, 7, MAC).await.body["associated"] == json!(true));

    let by_itself = device_login(&client, 7, MAC).await.expect(200);
    assert!(is_valid(&world, by_itself.str("offline_token")).await);
    world.clock.advance(24 * 3600);
    device_login(&client, 7, MAC).await.expect(401);
    assert!(
        is_valid(&world, by_itself.str("offline_token")).await,
        "72 hours"
    );
    world.clock.advance(48 * 3600);
    assert!(!is_valid(&world, by_itself.str("offline_token")).await);
}

#[tokio::test]
async fn an_association_ends_with_whatever_it_stands_on() {
    for end in ["lock", "password", "archive", "event", "everything"] {
        let world = World::new().await;
        world.event(7).await;
        world.device(55, 7, MAC).await;
        let olga = world.operator(OLGA, 7).await;
        let client = world.anyone();
        let bearer = signed_in(&client, OLGA, "operator").await;
        let token = take(&bearer, 55, olga.uid)
            .await
            .expect(200)
            .str("offline_token")
            .to_owned();
        assert!(is_valid(&world, &token).await);
        match end {
            "lock" => drop(
                world
                    .postern
                    .lock_user(olga.email.as_ref().unwrap())
                    .await
                    .unwrap(),
            ),
            "password" => world.set_user(OLGA, |user| user.session_epoch += 1).await,
            "archive" => world.archive(55).await,
            "everything" => {
                let now = world.now();
                world.postern.end_all_sessions(now).await.unwrap();
            }
            _ => world.end_event(7).await,
        }
        assert!(!is_valid(&world, &token).await, "{end}");
        device_login(&client, 7, MAC).await.expect(401);
    }
}
