//! The signing key changes, and no caller notices.

use std::sync::{Arc, Mutex};

use domain::key_ring::KeyParts;
use domain::rotation::{AHEAD, LOOK_AT_MOST_EVERY, LOOK_EVERY, OVERLAP, Occasion};
use domain::time::DAY;
use flows::Rotation;
use serde_json::json;
use tests::{Fault, World};

const ADA: &str = "ada@example.com";

fn seconds(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap()
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// The names of the published keys.
async fn published(world: &World) -> Vec<String> {
    let answer = world
        .anyone()
        .get("/.well-known/jwks.json")
        .await
        .expect(200);
    let keys = answer.body["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

/// Rotates by an operator's word, in another process.
async fn rotate(world: &World) -> String {
    let elsewhere = world.another_instance(99).await;
    let rotated = elsewhere
        .rotate_signing_key(Occasion::Operator, world.now())
        .await;
    match rotated.unwrap() {
        Rotation::Published { kid, signs_from } => {
            assert_eq!(signs_from, world.now().plus(AHEAD));
            kid
        }
        Rotation::NotDue => panic!("nothing was made"),
    }
}

#[tokio::test]
async fn a_key_is_published_signs_retires_and_goes() {
    let world = World::new().await;
    let first = world.postern.signing_key_id();
    let second = rotate(&world).await;

    // A function that looks once an hour knows of it by then, and does not sign with it yet.
    world.clock.advance(seconds(LOOK_EVERY));
    assert_eq!(published(&world).await, [first.clone(), second.clone()]);
    let before = world.anyone().sign_in(ADA).await;
    assert_eq!(kid(&before.access), first);

    // From then on every function signs with it, and what the first one signed stays good.
    world.clock.advance(seconds(AHEAD - LOOK_EVERY - 600));
    let last = before.refreshed().await;
    assert_eq!(kid(&last.access), first);
    world.clock.advance(601);
    let next = last.refreshed().await;
    assert_eq!(kid(&next.access), second);
    last.profile().await.expect(200);
    next.profile().await.expect(200);
    assert_eq!(
        world.anyone().verify(&last.access).await.body["valid"],
        json!(true)
    );

    // Offline tokens of the first one may live for three days more.
    world.clock.advance(seconds(OVERLAP - 2));
    assert_eq!(published(&world).await, [first.clone(), second.clone()]);
    world.clock.advance(2);
    assert_eq!(published(&world).await, std::slice::from_ref(&second));

    // The next rotation takes its row away, too.
    let third = rotate(&world).await;
    world.clock.advance(seconds(LOOK_EVERY));
    assert_eq!(published(&world).await, [second, third]);
}

#[tokio::test]
async fn a_function_that_does_not_know_a_key_looks_for_it() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let second = rotate(&world).await;
    world.clock.advance(seconds(LOOK_EVERY) - 1);
    assert!(
        !published(&world).await.contains(&second),
        "it has not looked yet"
    );
    // A token of an instance whose clock is ahead, or whose ring was wound back.
    let forge = world.forge_with(1).await;
    assert_eq!(forge.kid, second);
    let mut claims = tests::forge::claims(&ada.access);
    claims["exp"] = json!(world.now().plus(60).0);
    let token = forge.sign(&forge.header(), &claims);
    world.tap.clear();
    for _ in 0..2 {
        let answer = world.anyone().verify(&token).await.expect(200);
        assert_eq!(answer.body["valid"], json!(true));
    }
    assert_eq!(looks(&world), 1);
    assert!(published(&world).await.contains(&second));
}

/// How often the ring was read since the tap was cleared.
fn looks(world: &World) -> usize {
    let ring = |call: &tests::Call| call.body["Key"]["pk"]["S"] == json!("KEYRING");
    world
        .tap
        .calls()
        .iter()
        .filter(|call| call.operation == "GetItem" && ring(call))
        .count()
}

#[tokio::test]
async fn strangers_cannot_make_it_look_again_at_once() {
    let world = World::new().await;
    let forge = world.forge().await;
    let ada = world.anyone().sign_in(ADA).await;
    let claims = tests::forge::claims(&ada.access);
    world.clock.advance(seconds(LOOK_AT_MOST_EVERY));
    world.tap.clear();
    for n in 0..50 {
        let mut header = forge.header();
        header.kid = Some(format!("made-up-{n}"));
        let answer = world
            .anyone()
            .verify(&forge.sign(&header, &claims))
            .await
            .expect(200);
        assert_eq!(answer.body["valid"], json!(false));
    }
    assert_eq!(looks(&world), 1);
    world.clock.advance(seconds(LOOK_AT_MOST_EVERY));
    let mut header = forge.header();
    header.kid = Some("made-up".to_owned());
    world
        .anyone()
        .verify(&forge.sign(&header, &claims))
        .await
        .expect(200);
    assert_eq!(looks(&world), 2);
}

#[tokio::test]
async fn the_schedule_makes_a_key_once_in_a_period() {
    let world = World::with(&[("POSTERN_KEY_ROTATION_DAYS", "30")]).await;
    let mut made = Vec::new();
    for day in 0..65 {
        let answer = keys::answer(world.postern.clone(), json!({}))
            .await
            .unwrap();
        if let Some(kid) = answer["published"].as_str() {
            made.push((day, kid.to_owned()));
        }
        world.clock.advance(seconds(DAY));
    }
    let days: Vec<_> = made.iter().map(|(day, _)| *day).collect();
    assert_eq!(days, [30, 60]);
    assert_eq!(world.postern.signing_key_id(), made[1].1);
    assert_eq!(published(&world).await.len(), 1);
}

#[tokio::test]
async fn a_ring_that_cannot_be_read_again_does_for_another_while() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.clock.advance(seconds(LOOK_EVERY));
    // As often as the SDK tries.
    world.tap.fail("GetItem", Fault::Unreachable, 4);
    world.tap.clear();
    let next = ada.refreshed().await;
    assert!(looks(&world) > 0);
    // Not asked again at once: a table in trouble is left alone.
    world.tap.clear();
    next.profile().await.expect(200);
    assert_eq!(looks(&world), 0);
}

#[tokio::test]
async fn cloudformation_is_told_that_the_ring_is_there() {
    let world = World::new().await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = told.clone();
    let router = axum::Router::new().fallback(async move |request: axum::extract::Request| {
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 10_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert!(
            !head.headers.contains_key("content-type"),
            "it is not signed"
        );
        heard.lock().unwrap().push((head.method, body));
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://{}/answer?signed=yes",
        listener.local_addr().unwrap()
    );
    tokio::spawn(async move { axum::serve(listener, router).await });
    for kind in ["Create", "Update", "Delete"] {
        let event = json!({
            "RequestType": kind, "ResponseURL": url, "StackId": "a stack",
            "RequestId": "a request", "LogicalResourceId": "KeyRing",
            "ResourceProperties": { "ServiceToken": "arn" },
        });
        keys::answer(world.postern.clone(), event).await.unwrap();
    }
    let expected = json!({
        "Status": "SUCCESS", "PhysicalResourceId": "key-ring", "StackId": "a stack",
        "RequestId": "a request", "LogicalResourceId": "KeyRing",
    });
    let told = told.lock().unwrap().clone();
    assert_eq!(told, vec![(http::Method::PUT, expected); 3]);
    let nobody = json!({ "ResponseURL": "http://127.0.0.1:1/", "RequestType": "Create" });
    let failed = keys::answer(world.postern.clone(), nobody).await;
    assert!(matches!(failed, Err(domain::Error::Unavailable(_))));
}

#[tokio::test]
async fn a_function_makes_no_ring_and_says_who_does() {
    let world = World::new().await;
    let ring = store::key::keyring();
    let delete = world.db.delete_item().table_name(&world.table);
    let delete = delete.set_key(Some(ring.attributes()));
    delete.send().await.unwrap();
    let entropy = Arc::new(tests::SeededEntropy::new(3));
    let open = || {
        flows::Postern::open(
            world.settings.clone(),
            KeyParts::ALL,
            &world.aws,
            world.clock.clone(),
            entropy.clone(),
        )
    };
    let refused = open().await.err().unwrap();
    assert!(
        refused.to_string().contains("cargo ctl keys init"),
        "{refused}"
    );
    // Of several makers one wins.
    let make =
        || flows::Postern::make_key_ring(&world.settings, &world.aws, &*world.clock, &*entropy);
    for made in futures_util::future::join_all((0..5).map(|_| make())).await {
        made.unwrap();
    }
    let (one, other) = (open().await.unwrap(), open().await.unwrap());
    assert_eq!(one.signing_key_id(), other.signing_key_id());
}
