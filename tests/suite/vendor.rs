//! /vendor: vendors (Auth Service).

mod govern;
mod old_rows;
mod password;
mod reset;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::audit::{Actor, EventKind};
use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

use crate::auth::{OTHER, letter_token};
use crate::storage::{actions, granted, texts};

pub(crate) const SHOP: &str = "shop@example.com";
pub(crate) const PASSWORD: &str = "analytical engine no. 1";

pub(crate) async fn register(client: &Anyone<'_>, email: &str) -> Answer {
    let body = json!({ "name": "Engines", "email": email, "password": PASSWORD });
    client.post("/vendor/register_vendor", &body).await
}

pub(crate) async fn login(client: &Anyone<'_>, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    client.post("/vendor/login", &body).await
}

/// The shop, registered and signed in from `client`, as its bearer.
async fn shop<'w>(client: &Anyone<'w>) -> Anyone<'w> {
    register(client, SHOP).await.expect(200);
    bearer(client, PASSWORD).await
}

/// The shop, signed in from `client`, as its bearer.
async fn bearer<'w>(client: &Anyone<'w>, password: &str) -> Anyone<'w> {
    let answer = login(client, SHOP, password).await.expect(200);
    client.clone().bearing(answer.str("access_token"))
}

async fn change(vendor: &Anyone<'_>, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "new_password": new });
    vendor.send("PUT", "/vendor/password", &body).await
}

/// Whether a bearer is a vendor: one that is gets told that its password is none.
async fn is_vendor(client: &Anyone<'_>) -> bool {
    let answer = change(client, "x", "y").await;
    match answer.status {
        422 => true,
        401 => false,
        _ => panic!("{}", answer.text),
    }
}

pub(crate) async fn ask(client: &Anyone<'_>, email: &str) -> Answer {
    let path = "/vendor/password-reset-request";
    client.post(path, &json!({ "email": email })).await
}

pub(crate) async fn reset(client: &Anyone<'_>, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "new_password": password });
    client.post("/vendor/password-reset", &body).await
}

/// The kinds of the events in the shop's trail, by whom, and which administrator.
async fn trail(world: &World) -> Vec<(EventKind, Actor, Option<uuid::Uuid>)> {
    let address = crate::auth::address(SHOP);
    let which = flows::WhichVendor::Address(address);
    let vendor = world.postern.find_vendor(&which).await.unwrap();
    trail_of(world, vendor.id).await
}

async fn trail_of(world: &World, id: uuid::Uuid) -> Vec<(EventKind, Actor, Option<uuid::Uuid>)> {
    let of = flows::HistoryOf::Account(id);
    let asked = flows::AuditQuery::default();
    let history = world.postern.audit_history(&of, &asked, None, 50).await;
    let events = history.unwrap().events.into_iter();
    events.map(|e| (e.kind, e.actor, e.by)).collect()
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_vendor_registers_and_signs_in() {
    let world = World::new().await;
    let body = json!({
        "name": "Engines", "email": "Shop@Example.com", "password": PASSWORD,
        "description": "Difference engines", "rating": 4.5, "preferences": null,
    });
    let made = world.anyone().post("/vendor/register_vendor", &body).await;
    let made = made.expect(200);
    let id = made.body["id"].as_u64().unwrap();
    assert_eq!(
        made.body,
        json!({ "id": id, "name": "Engines", "description": "Difference engines", "rating": 4.5 })
    );
    let answer = login(&world.anyone(), SHOP, PASSWORD).await.expect(200);
    assert_eq!(answer.str("token_type"), "bearer");
    let token = answer.str("access_token");
    assert_eq!(part(token, 0)["typ"], json!("vt+jwt"));
    let claims = part(token, 1);
    assert_eq!(
        (&claims["user_id"], &claims["is_admin"], &claims["role"]),
        (&json!(id), &json!(false), &json!("vendor"))
    );
    assert_eq!(claims["aud"], json!("https://id.example.com#vendor"));
    assert_eq!(claims["exp"].as_i64(), Some(world.now().0 + 900));
}

#[tokio::test]
async fn a_vendor_is_nobody_else_and_nobody_else_is_a_vendor() {
    let world = World::new().await;
    // The address is a user's, too, and each has a password of their own.
    world.anyone().sign_in(SHOP).await;
    register(&world.anyone(), SHOP).await.expect(200);
    let twice = register(&world.anyone(), SHOP).await.expect(400);
    assert_eq!(
        twice.str("detail"),
        "Vendor with this email already registered"
    );
    let as_user = world
        .anyone()
        .header("content-type", "application/x-www-form-urlencoded");
    let form = format!(
        "username=shop%40example.com&password={}",
        PASSWORD.replace(' ', "+")
    );
    as_user.raw("POST", "/auth/login", &form).await.expect(401);
    let answer = login(&world.anyone(), SHOP, PASSWORD).await.expect(200);
    let token = answer.str("access_token");
    let vendor = world.anyone().bearing(token);
    for path in ["/protected", "/auth/sessions", "/cfg/accounts/profile/"] {
        vendor.get(path).await.expect(401);
    }
    vendor
        .post("/chatbot/interact", &json!({}))
        .await
        .expect(401);
    let worth = world.anyone().verify(token).await;
    assert_eq!(worth.body["valid"], json!(false));
}

#[tokio::test]
async fn wrong_and_unknown_look_the_same_and_rest_alike() {
    let world = World::new().await;
    register(&world.anyone(), SHOP).await.expect(200);
    let wrong = login(&world.at("192.0.2.7"), SHOP, "difference engine").await;
    let unknown = login(&world.at("192.0.2.8"), "no@example.com", PASSWORD).await;
    let seen = |answer: &Answer| (answer.status, answer.body.clone());
    assert_eq!(seen(&wrong), seen(&unknown));
    assert_eq!(
        seen(&wrong),
        (400, json!({ "detail": "Invalid credentials" }))
    );
    for email in [SHOP, "no@example.com"] {
        for n in 0..4 {
            let stranger = world.at(&format!("203.0.113.{n}"));
            login(&stranger, email, "difference engine")
                .await
                .expect(400);
        }
        let resting = login(&world.at("203.0.113.9"), email, PASSWORD).await;
        assert_eq!(resting.expect(429).header("retry-after"), "30", "{email}");
    }
    assert!(
        world.mail(SHOP)[0]
            .subject
            .to_lowercase()
            .contains("password")
    );
    assert!(world.mail("no@example.com").is_empty());
}

#[tokio::test]
async fn strangers_keep_no_vendor_out_of_the_place_it_signs_in_from() {
    let world = World::new().await;
    register(&world.at("192.0.2.40"), SHOP).await.expect(200);
    login(&world.at("192.0.2.40"), SHOP, PASSWORD)
        .await
        .expect(200);
    for n in 0..6 {
        login(
            &world.at(&format!("203.0.113.{n}")),
            SHOP,
            "difference engine",
        )
        .await;
    }
    login(&world.at("203.0.113.9"), SHOP, PASSWORD)
        .await
        .expect(429);
    login(&world.at("192.0.2.40"), SHOP, PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn everything_wrong_with_a_registration_is_said_at_once() {
    let world = World::new().await;
    let body = json!({ "email": "x", "password": "engines", "rating": "best", "description": 7, "extra": 1 });
    let answer = world
        .anyone()
        .post("/vendor/register_vendor", &body)
        .await
        .expect(422);
    let kinds: Vec<&str> = answer.body["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["missing", "value_error", "string_too_short", "float_type"]
    );
    for _ in 0..9 {
        register(&world.anyone(), "x").await.expect(422);
    }
    for n in 0..10 {
        register(&world.anyone(), &format!("shop{n}@example.com"))
            .await
            .expect(200);
    }
    register(&world.anyone(), SHOP).await.expect(429);
    // As large as JSON writes numbers, and larger than DynamoDB does.
    let body = json!({ "name": "Big", "email": SHOP, "password": PASSWORD, "rating": 1e300 });
    let made = world
        .at("192.0.2.50")
        .post("/vendor/register_vendor", &body)
        .await;
    assert_eq!(made.expect(200).body["rating"], json!(1e300));
}

#[tokio::test]
async fn its_role_and_what_it_leaves_in_the_tables() {
    let world = World::new().await;
    register(&world.anyone(), SHOP).await.expect(200);
    login(&world.anyone(), SHOP, PASSWORD).await.expect(200);
    for n in 0..5 {
        login(
            &world.at(&format!("203.0.113.{n}")),
            SHOP,
            "difference engine",
        )
        .await;
    }
    let vendor = bearer(&world.anyone(), PASSWORD).await;
    change(&vendor, PASSWORD, OTHER).await.expect(200);
    ask(&world.anyone(), SHOP).await.expect(200);
    let token = letter_token(&world, SHOP);
    reset(&world.anyone(), &token, "steam engine no. 3")
        .await
        .expect(200);
    let calls = world.tap.calls();
    let done: BTreeSet<String> = calls
        .iter()
        .flat_map(|call| actions(&world, call))
        .collect();
    assert_eq!(done, granted("VendorRole"));
    let mut values = Vec::new();
    for table in [&world.table, &world.audit_table] {
        for (name, value) in world.dump(table).await.into_iter().flatten() {
            texts(&name, &value, &mut values);
        }
    }
    for secret in [PASSWORD, OTHER, "steam engine no. 3", &token] {
        assert!(!values.iter().any(|(_, value)| value.contains(secret)));
    }
    let audit = format!("{:?}", world.dump(&world.audit_table).await);
    assert!(!audit.contains("example.com") && !audit.contains("203.0.113."));
}
