//! Secrets that operators set: known to running functions within a minute, and to nobody
//! who reads the table.

use domain::secret::SecretName;
use serde_json::{Value, json};
use tests::World;

use crate::auth::PASSWORD;

const KEY: &str = "an installation's key of 38 characters";
const NEXT_KEY: &str = "the key that took its place at midnight";

async fn register(world: &World, username: &str, key: &str) -> u16 {
    let email = format!("{username}@example.com");
    let body = json!({
        "username": username, "email": email, "password": PASSWORD, "secret_key": key,
    });
    world.anyone().post("/admin/register", &body).await.status
}

#[tokio::test]
async fn a_secret_holds_within_a_minute_until_it_is_replaced_or_removed() {
    let world = World::new().await;
    let operator = world.another_instance(99).await;
    let name = SecretName::RegistrationKey;
    assert_eq!(register(&world, "ada", KEY).await, 403);
    operator.set_secret(name, KEY).await.unwrap();
    world.clock.advance(60);
    assert_eq!(register(&world, "ada", KEY).await, 200);

    operator.set_secret(name, NEXT_KEY).await.unwrap();
    world.clock.advance(60);
    assert_eq!(register(&world, "grace", KEY).await, 403);
    assert_eq!(register(&world, "grace", NEXT_KEY).await, 200);

    operator.remove_secret(name).await.unwrap();
    world.clock.advance(60);
    assert_eq!(register(&world, "joan", NEXT_KEY).await, 403);
}

#[tokio::test]
async fn a_realtime_server_may_have_a_secret_of_its_own() {
    let url = ("POSTERN_CENTRIFUGO_URL", "wss://rt.example.com/connection");
    let world = World::with(&[url]).await;
    let derived = world.postern.realtime_secret().unwrap();
    let set = world.postern.set_secret(SecretName::Centrifugo, KEY);
    set.await.unwrap();
    assert_eq!(world.postern.realtime_secret().unwrap().as_str(), KEY);
    let ada = world.anyone().sign_in("ada@example.com").await;
    let profile = ada.profile().await.expect(200);
    let token = profile.body["centrifugo"]["token"].as_str().unwrap();
    let opens = |secret: &str| {
        let key = jsonwebtoken::DecodingKey::from_secret(secret.as_bytes());
        let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
        rules.validate_exp = false;
        rules.validate_aud = false;
        jsonwebtoken::decode::<Value>(token, &key, &rules).is_ok()
    };
    assert!(opens(KEY) && !opens(&derived));
}

#[tokio::test]
async fn nothing_of_a_secret_is_readable_in_the_table() {
    let world = World::with_secrets(&[], &[(SecretName::RegistrationKey, KEY)]).await;
    let dump = format!("{:?}", world.dump(&world.table).await);
    assert!(dump.contains("SECRET#registration-key"));
    for secret in [KEY, local::github::CLIENT_SECRET] {
        assert!(!dump.contains(secret));
        // Bytes are printed as numbers.
        let bytes = format!("{:?}", secret.as_bytes());
        assert!(!dump.contains(bytes.trim_matches(['[', ']'])));
    }
    let listed = world.postern.secrets().await.unwrap();
    let set = listed.iter().filter(|secret| secret.set_at.is_some());
    let usual = "those of four providers and of reCAPTCHA, and this one";
    assert_eq!(set.count(), 6, "{usual}");
}

#[tokio::test]
async fn what_cannot_be_the_secret_is_refused() {
    let world = World::new().await;
    for wrong in ["short", "", &format!("{KEY}\n")] {
        let set = world.postern.set_secret(SecretName::RegistrationKey, wrong);
        assert_eq!(set.await, Err(domain::Error::Forbidden));
    }
}

#[tokio::test]
async fn one_that_cannot_be_opened_stops_what_needs_it_and_nothing_else() {
    let world = World::with_secrets(&[], &[(SecretName::RegistrationKey, KEY)]).await;
    let key = store::key::secret(SecretName::RegistrationKey);
    let blob = aws_sdk_dynamodb::primitives::Blob::new([1; 60]);
    let update = world.db.update_item().table_name(&world.table);
    let update = update
        .set_key(Some(key.attributes()))
        .update_expression("SET #wrapped = :w")
        .expression_attribute_names("#wrapped", "wrapped")
        .expression_attribute_values(":w", aws_sdk_dynamodb::types::AttributeValue::B(blob));
    update.send().await.unwrap();
    world.clock.advance(60);
    assert_eq!(register(&world, "ada", KEY).await, 503);
    world.anyone().sign_in("ada@example.com").await;
    // Nor does it keep an operator from setting it anew.
    let operator = world.another_instance(99).await;
    let set = operator.set_secret(SecretName::RegistrationKey, NEXT_KEY);
    set.await.unwrap();
    world.clock.advance(60);
    assert_eq!(register(&world, "grace", NEXT_KEY).await, 200);
}
