//! /admin/events, /admin/devices, /admin/operators

use serde_json::{Value, json};
use tests::site::OPERATORS_PASSWORD;
use tests::{Anyone, World};

use super::{ADA, ROOT};
use crate::auth::{letter_token, reset};

const OLGA: &str = "olga@example.com";

async fn make_event(admin: &Anyone<'_>, name: &str) -> u64 {
    let made = admin.post("/admin/events", &json!({ "name": name })).await;
    made.expect(200).body["id"].as_u64().unwrap()
}

async fn appoint(admin: &Anyone<'_>, event: u64, more: Value) -> tests::Answer {
    let mut body = json!({ "email": OLGA, "event_id": event });
    let fields = body.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    admin.post("/admin/operators", &body).await
}

async fn patch(admin: &Anyone<'_>, path: &str, body: Value) -> tests::Answer {
    admin.send("PATCH", path, &body).await
}

/// A login of Olga's as an operator.
async fn login(client: &Anyone<'_>, password: &str) -> tests::Answer {
    let body = json!({ "email": OLGA, "password": password, "role": "operator" });
    client.post("/auth/login", &body).await
}

#[tokio::test]
async fn a_site_from_nothing_to_an_offline_token() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await.client();
    let event = make_event(&admin, "Spring fair").await;
    let password = json!({ "password": OPERATORS_PASSWORD, "username": "olga" });
    let olga = appoint(&admin, event, password).await.expect(200);
    assert_eq!(olga.body["role"], "operator");
    assert_eq!(olga.body["event_id"], event);
    assert_eq!(olga.body["mode"], 0);
    assert!(
        !world.mail(OLGA).is_empty(),
        "told that an account was made"
    );

    let device = json!({ "dev_mac": "aa-bb-cc-dd-ee-ff", "event_id": event, "operator_id": olga.body["id"] });
    let device = admin.post("/admin/devices", &device).await.expect(200);
    assert_eq!(device.body["dev_mac"], "AA:BB:CC:DD:EE:FF");
    assert_eq!(device.body["operator_id"], olga.body["id"]);

    let client = world.anyone();
    let asked = json!({ "dev_mac": "aabbccddeeff", "event_id": event });
    let token = client.post("/auth/login/device", &asked).await.expect(200);
    let worth = client.verify(token.str("offline_token")).await.expect(200);
    assert_eq!(worth.body["claims"]["event_id"], event);
    assert_eq!(worth.body["claims"]["device_id"], device.body["id"]);
    // The administrator chose this password, so it is replaced before it signs Olga in.
    login(&client, OPERATORS_PASSWORD).await.expect(403);

    let ended = patch(
        &admin,
        &format!("/admin/events/{event}"),
        json!({ "ended": true }),
    )
    .await;
    assert!(ended.expect(200).body["ended_at"].is_string());
    let worth = client.verify(token.str("offline_token")).await.expect(200);
    assert_eq!(worth.body["valid"], false);
}

#[tokio::test]
async fn whoever_is_new_chooses_the_password_by_letter() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await.client();
    let event = make_event(&admin, "Spring fair").await;
    let asked = json!({ "role": "network_manager", "mode": 4 });
    let appointed = appoint(&admin, event, asked).await.expect(200);
    assert_eq!(appointed.body["role"], "network_manager");
    login(&world.anyone(), OPERATORS_PASSWORD).await.expect(401);
    let token = letter_token(&world, OLGA);
    reset(&world.anyone(), &token, OPERATORS_PASSWORD)
        .await
        .expect(200);
    let id = appointed.body["id"].as_u64().unwrap();
    let path = format!("/admin/operators/{id}");
    patch(&admin, &path, json!({ "role": "operator" }))
        .await
        .expect(200);
    login(&world.anyone(), OPERATORS_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn whoever_has_an_account_keeps_its_password_and_signs_in_anew() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await.client();
    let event = make_event(&admin, "Spring fair").await;
    let olga = world.anyone().sign_in(OLGA).await;
    let asked = json!({ "password": OPERATORS_PASSWORD });
    appoint(&admin, event, asked).await.expect(200);
    olga.profile().await.expect(401);
    login(&world.anyone(), OPERATORS_PASSWORD).await.expect(401);

    let taken = json!({ "email": "new@example.com", "username": "olga2", "event_id": event });
    admin.post("/admin/operators", &taken).await.expect(200);
    let taken = json!({ "email": "newer@example.com", "username": "Olga2", "event_id": event });
    let taken = admin.post("/admin/operators", &taken).await.expect(400);
    assert_eq!(taken.body["detail"], "Username already registered");
}

#[tokio::test]
async fn appointments_are_moved_listed_and_taken_away() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await.client();
    let (spring, autumn) = (
        make_event(&admin, "Spring").await,
        make_event(&admin, "Autumn").await,
    );
    let asked = json!({ "password": OPERATORS_PASSWORD });
    let olga = appoint(&admin, spring, asked).await.expect(200);
    let id = olga.body["id"].as_u64().unwrap();
    let path = format!("/admin/operators/{id}");
    let listed = async |event: u64| {
        let list = admin
            .get(&format!("/admin/operators?event_id={event}"))
            .await;
        let list = list.expect(200);
        list.body.as_array().unwrap().len()
    };
    assert_eq!((listed(spring).await, listed(autumn).await), (1, 0));
    world
        .set_user(OLGA, |user| user.must_change_password = false)
        .await;
    let session = login(&world.anyone(), OPERATORS_PASSWORD).await.expect(200);
    let bearer = world.anyone().bearing(session.str("access_token"));
    let moved = patch(&admin, &path, json!({ "event_id": autumn, "mode": 5 }))
        .await
        .expect(200);
    assert_eq!(
        (&moved.body["event_id"], &moved.body["mode"]),
        (&json!(autumn), &json!(5))
    );
    bearer.get("/auth/sessions").await.expect(401);
    assert_eq!((listed(spring).await, listed(autumn).await), (0, 1));
    let gone = admin.raw("DELETE", &path, "").await.expect(200);
    assert_eq!(gone.body["role"], "user");
    assert_eq!(gone.body["event_id"], Value::Null);
    admin.raw("DELETE", &path, "").await.expect(404);
    patch(&admin, &path, json!({ "mode": 1 })).await.expect(404);
    assert_eq!((listed(spring).await, listed(autumn).await), (0, 0));
    login(&world.anyone(), OPERATORS_PASSWORD).await.expect(401);
    admin.get("/admin/operators?event_id=1").await.expect(404);
}

#[tokio::test]
async fn devices_are_registered_once_and_archived() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await.client();
    let (spring, autumn) = (
        make_event(&admin, "Spring").await,
        make_event(&admin, "Autumn").await,
    );
    let device =
        |event: u64| json!({ "dev_mac": "aabbccddeeff", "event_id": event, "name": "Bar" });
    let made = admin
        .post("/admin/devices", &device(spring))
        .await
        .expect(200);
    let again = admin
        .post("/admin/devices", &device(spring))
        .await
        .expect(400);
    assert_eq!(again.body["detail"], "Device already registered");
    admin
        .post("/admin/devices", &device(autumn))
        .await
        .expect(200);
    admin.post("/admin/devices", &device(5)).await.expect(404);

    let path = format!("/admin/devices/{}", made.body["id"]);
    patch(&admin, &path, json!({ "operator_id": 7 }))
        .await
        .expect(404);
    let edited = patch(&admin, &path, json!({ "name": "Gate", "archived": true }))
        .await
        .expect(200);
    assert_eq!(edited.body["name"], "Gate");
    assert!(edited.body["archived_at"].is_string());
    let back = patch(
        &admin,
        &path,
        json!({ "archived": false, "operator_id": null }),
    )
    .await;
    assert_eq!(back.expect(200).body["archived_at"], Value::Null);
    let listed = admin
        .get(&format!("/admin/devices?event_id={spring}"))
        .await
        .expect(200);
    assert_eq!(listed.body.as_array().map(Vec::len), Some(1));
    patch(&admin, "/admin/devices/77", json!({}))
        .await
        .expect(404);
    admin.get("/admin/devices").await.expect(422);
    admin.get("/admin/devices?event_id=x").await.expect(422);
}

#[tokio::test]
async fn events_are_listed_page_by_page() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await.client();
    for name in ["One", "Two", "Three"] {
        make_event(&admin, name).await;
        world.clock.advance(1);
    }
    let (mut path, mut names) = ("/admin/events?limit=2".to_owned(), Vec::new());
    loop {
        let page = admin.get(&path).await.expect(200);
        let some = page.body.as_array().unwrap();
        names.extend(
            some.iter()
                .map(|event| event["name"].as_str().unwrap().to_owned()),
        );
        let link = page.header("link");
        let Some((next, _)) = link.strip_prefix('<').and_then(|link| link.split_once('>')) else {
            break;
        };
        path = next.to_owned();
    }
    assert_eq!(names, ["One", "Two", "Three"]);
    admin.get("/admin/events?limit=0").await.expect(422);
    admin
        .post("/admin/events", &json!({ "name": "", "x": 1 }))
        .await
        .expect(422);
}

#[tokio::test]
async fn only_administrators_provision_and_only_fresh_ones_appoint() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await.client();
    let event = make_event(&admin, "Spring").await;
    let ada = world.anyone().sign_in(ADA).await.client();
    for (method, path) in [
        ("POST", "/admin/events"),
        ("GET", "/admin/events"),
        ("PATCH", "/admin/events/7"),
        ("POST", "/admin/devices"),
        ("GET", "/admin/devices?event_id=7"),
        ("PATCH", "/admin/devices/7"),
        ("POST", "/admin/operators"),
        ("GET", "/admin/operators?event_id=7"),
        ("PATCH", "/admin/operators/7"),
        ("DELETE", "/admin/operators/7"),
    ] {
        world
            .anyone()
            .send(method, path, &json!({}))
            .await
            .expect(401);
        ada.send(method, path, &json!({})).await.expect(403);
    }
    world.clock.advance(601);
    make_event(&admin, "Autumn").await;
    let stale = appoint(&admin, event, json!({})).await.expect(403);
    assert_eq!(stale.body["detail"], "Recent sign-in required");
}

#[tokio::test]
async fn twenty_registrations_of_one_device_make_one() {
    let world = World::new().await;
    let admin = world.admin(ROOT).await.client();
    let event = make_event(&admin, "Spring").await;
    let device = json!({ "dev_mac": "aabbccddeeff", "event_id": event });
    let tries: Vec<_> = (0..20)
        .map(|_| admin.post("/admin/devices", &device))
        .collect();
    let answers = futures_util::future::join_all(tries).await;
    let made = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(made, 1);
    assert!(
        answers
            .iter()
            .all(|answer| [200, 400].contains(&answer.status))
    );
}
