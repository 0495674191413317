//! /cfg/accounts/api-key/

use serde_json::{Value, json};
use tests::{Fault, Member, World};

const READ: &str = "/cfg/accounts/api-key/";
const REGENERATE: &str = "/cfg/accounts/api-key/regenerate/";
const TEST: &str = "/cfg/accounts/api-key/test/";
const ADA: &str = "ada@example.com";

async fn regenerate(member: &Member<'_>) -> String {
    let answer = member.client().post(REGENERATE, &json!({})).await;
    answer.expect(200).str("key").to_owned()
}

async fn test(member: &Member<'_>, key: &str) -> Value {
    let answer = member.client().post(TEST, &json!({ "key": key })).await;
    answer.expect(200).body
}

fn mask(key: &str) -> String {
    format!("{}{}{}", &key[..6], "\u{2022}".repeat(24), &key[30..])
}

#[tokio::test]
async fn the_first_look_makes_a_key_that_nobody_sees() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    assert_eq!(ada.profile().await.body["api_key"], json!(null));
    let first = ada.client().get(READ).await.expect(200);
    let key = first.str("key");
    assert_eq!(key.chars().count(), 36);
    assert_eq!(key.matches('\u{2022}').count(), 24);
    assert_eq!(first.body["reissued_at"], json!(null));
    assert_eq!(first.str("created_at"), "2027-01-15T08:00:00Z");
    world.clock.advance(60);
    let again = ada.client().get(READ).await.expect(200);
    assert_eq!(again.body, first.body);
    assert_eq!(ada.profile().await.body["api_key"], first.body["key"]);
}

#[tokio::test]
async fn a_new_key_is_shown_once_and_the_old_one_is_dead_at_once() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let id = ada.profile().await.body["id"].to_string();
    ada.client().get(READ).await.expect(200);
    world.clock.advance(60);
    let old = regenerate(&ada).await;
    let works = json!({ "valid": true, "user_id": id });
    assert_eq!(test(&ada, &old).await, works);
    assert_eq!(
        test(&ada, &format!(" {} ", old.to_uppercase())).await,
        works
    );
    world.clock.advance(60);
    let new = regenerate(&ada).await;
    let dead = json!({ "valid": false, "user_id": null });
    assert_eq!(test(&ada, &old).await, dead);
    assert_eq!(test(&ada, &new).await, works);
    let masked = ada.client().get(READ).await.expect(200).body;
    let expected = json!({
        "key": mask(&new), "created_at": "2027-01-15T08:00:00Z", "reissued_at": "2027-01-15T08:02:00Z",
    });
    assert_eq!(masked, expected);
    let letters = world.mail(ADA);
    let told = letters
        .iter()
        .filter(|letter| letter.subject.contains("API key"));
    assert_eq!(told.count(), 2);
}

#[tokio::test]
async fn every_wrong_key_is_answered_alike() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    for key in ["x", "00000000-0000-4000-8000-000000000000", "*", "KEY#"] {
        let answer = test(&ada, key).await;
        assert_eq!(answer, json!({ "valid": false, "user_id": null }), "{key}");
    }
    let client = ada.client();
    let blank = client.post(TEST, &json!({ "key": "" })).await.expect(400);
    assert_eq!(
        blank.body,
        json!({ "key": ["This field may not be blank."] })
    );
    let none = client.post(TEST, &json!({})).await.expect(400);
    assert_eq!(none.body, json!({ "key": ["This field is required."] }));
}

#[tokio::test]
async fn eleven_tries_a_minute_are_one_too_many() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    for _ in 0..10 {
        test(&ada, "x").await;
    }
    let body = json!({ "key": "x" });
    let answer = ada.client().post(TEST, &body).await.expect(429);
    assert_eq!(answer.header("retry-after"), "60");
    world.clock.advance(60);
    test(&ada, "x").await;
}

#[tokio::test]
async fn a_key_authenticates_and_a_bad_one_does_no_harm_beside_a_good_bearer() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let key = regenerate(&ada).await;
    let holder = world.anyone().header("x-api-key", &key);
    let masked = holder.get(READ).await.expect(200);
    assert_eq!(masked.str("key"), mask(&key));
    let stranger = world.anyone().header("x-api-key", "no key");
    let refused = stranger.get(READ).await.expect(401);
    assert_eq!(refused.body, json!({ "detail": "Invalid API key." }));
    assert_eq!(refused.header("www-authenticate"), "X-API-Key");
    stranger
        .clone()
        .bearing(&ada.access)
        .get(READ)
        .await
        .expect(200);
    holder
        .clone()
        .bearing("garbage")
        .get(READ)
        .await
        .expect(200);
    stranger.bearing("garbage").get(READ).await.expect(401);
    // Profile views know a bearer only.
    holder.get("/cfg/accounts/profile/").await.expect(401);
}

#[tokio::test]
async fn a_new_key_wants_a_fresh_sign_in() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.clock.advance(600);
    let key = regenerate(&ada).await;
    let holder = world.anyone().header("x-api-key", &key);
    let by_key = holder.post(REGENERATE, &json!({})).await.expect(403);
    assert_eq!(by_key.str("code"), "stale_sign_in");
    world.clock.advance(1);
    let ada = ada.refreshed().await;
    let stale = ada.client().post(REGENERATE, &json!({})).await.expect(403);
    assert_eq!(stale.body, by_key.body);
    // A fresh bearer does, whatever key its client sends along.
    let fresh = world.anyone().sign_in(ADA).await;
    let client = fresh.client().header("x-api-key", &key);
    client
        .raw("POST", REGENERATE, "not even JSON")
        .await
        .expect(200);
    holder.get(READ).await.expect(401);
}

#[tokio::test]
async fn a_sign_in_without_the_factor_is_never_fresh() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let guard = |user: &mut domain::account::User| {
        user.factors.push(domain::account::Factor::Totp);
    };
    world.set_user(ADA, guard).await;
    ada.client().post(REGENERATE, &json!({})).await.expect(403);
}

#[tokio::test]
async fn a_key_dies_with_a_lock_a_deletion_and_the_first_proof() {
    let world = World::new().await;
    let address = domain::EmailAddress::parse(ADA).unwrap();
    let eve = world.at("192.0.2.66").sign_in("eve@example.com").await;
    let ada = world.anyone().sign_in(ADA).await;
    let key = regenerate(&ada).await;
    let holder = world.anyone().header("x-api-key", &key);
    world.postern.lock_user(&address).await.unwrap();
    holder.get(READ).await.expect(401);
    assert_eq!(test(&eve, &key).await["valid"], json!(false));
    world.postern.unlock_user(&address).await.unwrap();
    // It ended with the sessions: the intruder who caused the lock may hold it.
    holder.get(READ).await.expect(401);
    world.clock.advance(60);
    let ada = world.anyone().sign_in(ADA).await;
    let holder = world.anyone().header("x-api-key", &regenerate(&ada).await);
    holder.get(READ).await.expect(200);

    world
        .set_user(ADA, |user| {
            user.email_verified = false;
            user.email_proven_at = None;
        })
        .await;
    world.clock.advance(60);
    let proven = world.anyone().sign_in(ADA).await;
    holder.get(READ).await.expect(401);
    let key = regenerate(&proven).await;

    world.postern.delete_user(&address).await.unwrap();
    let holder = world.anyone().header("x-api-key", &key);
    let refused = holder.get(READ).await.expect(401);
    assert_eq!(refused.str("detail"), "Invalid API key.");
    let rows = world.dump(&world.table).await;
    let left = rows.iter().filter(|row| row["sk"].as_s().unwrap() == "KEY");
    assert_eq!(left.count(), 0, "no row of a dead key stays behind");
}

#[tokio::test]
async fn new_keys_and_their_letters_are_limited_by_account() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    for _ in 0..30 {
        regenerate(&ada).await;
    }
    let answer = ada.client().post(REGENERATE, &json!({})).await.expect(429);
    assert_eq!(answer.header("retry-after"), "86400");
}

#[tokio::test]
async fn a_key_that_could_not_be_replaced_still_works() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let key = regenerate(&ada).await;
    world.tap.fail("TransactWriteItems", Fault::Conflict, 7);
    ada.client().post(REGENERATE, &json!({})).await.expect(503);
    assert_eq!(test(&ada, &key).await["valid"], json!(true));
}

/// A key that works is never counted: a guesser of the same network stops no program, and a
/// bad one beside a bearer is as if it were not there.
#[tokio::test]
async fn ten_bad_keys_a_minute_are_answered_and_good_ones_always() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let key = regenerate(&ada).await;
    let bad = world
        .anyone()
        .header("x-api-key", "7b6c2f66-6f1b-4f7b-9d5c-0d3f6a1c9e11");
    for _ in 0..10 {
        bad.get(READ).await.expect(401);
    }
    let refused = bad.get(READ).await.expect(429);
    assert_eq!(refused.header("retry-after"), "60");
    bad.post(REGENERATE, &json!({})).await.expect(429);
    let beside = bad.clone().bearing("garbage");
    beside.get(READ).await.expect(429);
    let holder = world.anyone().header("x-api-key", &key);
    holder.get(READ).await.expect(200);
    let both = ada.client().header("x-api-key", "no key");
    both.get(READ).await.expect(200);
    world
        .at("192.0.2.8")
        .header("x-api-key", "x")
        .get(READ)
        .await
        .expect(401);
    world.clock.advance(60);
    bad.get(READ).await.expect(401);
}
