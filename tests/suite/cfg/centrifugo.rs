//! /cfg/centrifugo/auth/token/

use domain::account::{Factor, Role};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use tests::World;

use crate::auth;

const PATH: &str = "/cfg/centrifugo/auth/token/";
const ADA: &str = "ada@example.com";
const URL: &str = "ws://localhost:8002/connection/websocket";

async fn connected() -> World {
    World::with(&[("POSTERN_CENTRIFUGO_URL", URL)]).await
}

/// The claims of a token, as the realtime server reads them.
fn claims(world: &World, token: &str) -> Value {
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!((header.alg, header.kid), (Algorithm::HS256, None));
    let secret = world.postern.realtime_secret().unwrap();
    let mut rules = Validation::new(Algorithm::HS256);
    // The world's clock is not the machine's.
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(secret.as_bytes());
    let token = jsonwebtoken::decode::<Value>(token, &key, &rules).unwrap();
    token.claims
}

#[tokio::test]
async fn it_is_off_until_it_is_switched_on() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let answer = ada.client().get(PATH).await.expect(500);
    assert_eq!(
        answer.body,
        json!({ "error": "Centrifugo not configured or disabled" })
    );
    assert_eq!(ada.profile().await.body["centrifugo"], json!(null));
}

#[tokio::test]
async fn a_token_opens_ones_own_channels_for_thirty_days() {
    let world = connected().await;
    let ada = world.anyone().sign_in(ADA).await;
    let id = ada.profile().await.body["id"].to_string();
    let answer = ada.client().get(PATH).await.expect(200);
    let channels = json!([
        format!("user#{id}"),
        format!("notifications#user#{id}"),
        "broadcast"
    ]);
    assert_eq!(answer.str("centrifugo_url"), URL);
    assert_eq!(answer.str("expires_at"), "2027-02-14T08:00:00Z");
    assert_eq!(answer.body["channels"], channels);
    let now = world.now().0;
    let expected = json!({
        "sub": id, "iat": now, "exp": now + 30 * 86_400, "channels": channels,
        "meta": { "session_epoch": 1 },
    });
    assert_eq!(claims(&world, answer.str("token")), expected);
    // It opens nothing here.
    let other = world.anyone().bearing(answer.str("token"));
    other.get(PATH).await.expect(401);
}

#[tokio::test]
async fn the_profile_tells_the_same() {
    let world = connected().await;
    let ada = world.anyone().sign_in(ADA).await;
    let token = ada.client().get(PATH).await.expect(200).body;
    assert_eq!(ada.profile().await.body["centrifugo"], token);
    let edit = json!({ "company": "E" });
    let path = "/cfg/accounts/profile/update/";
    let edited = ada.client().send("PATCH", path, &edit).await.expect(200);
    assert_eq!(edited.body["centrifugo"], token);
}

/// Else who registered first with another person's address would listen for 30 days after
/// its owner has proven it.
#[tokio::test]
async fn nobody_listens_before_something_is_proven() {
    let world = connected().await;
    let anyone = world.anyone();
    auth::register(&anyone, "ada", ADA, auth::PASSWORD)
        .await
        .expect(200);
    let answer = auth::login(&anyone, ADA, auth::PASSWORD).await.expect(200);
    let stranger = anyone.bearing(answer.str("access_token"));
    let refused = stranger.get(PATH).await.expect(403);
    assert_eq!(refused.str("code"), "unproven_address");
    let profile = stranger.get("/cfg/accounts/profile/").await.expect(200);
    assert_eq!(profile.body["centrifugo"], json!(null));
    let owner = world.anyone().sign_in(ADA).await;
    owner.client().get(PATH).await.expect(200);
}

#[tokio::test]
async fn an_api_key_connects_with_a_users_rights() {
    let world = connected().await;
    let ada = world.anyone().sign_in(ADA).await;
    let path = "/cfg/accounts/api-key/regenerate/";
    let issued = ada.client().post(path, &json!({})).await.expect(200);
    world.set_user(ADA, |user| user.role = Role::Admin).await;
    let holder = world.anyone().header("x-api-key", issued.str("key"));
    let answer = holder.get(PATH).await.expect(200);
    assert_eq!(answer.body["channels"].as_array().unwrap().len(), 3);
    let refused = world.anyone().header("x-api-key", "x").get(PATH).await;
    assert_eq!(refused.expect(401).str("detail"), "Invalid API key.");
    let refused = world.anyone().get(PATH).await.expect(401);
    assert_eq!(refused.header("www-authenticate"), "X-API-Key");
}

#[tokio::test]
async fn staff_hear_more_only_where_the_session_has_their_rights() {
    let world = connected().await;
    world.anyone().sign_in(ADA).await;
    let promote = |user: &mut domain::account::User| {
        user.role = Role::Admin;
        user.factors.push(Factor::Totp);
        user.mfa_exempt = true;
    };
    world.set_user(ADA, promote).await;
    world.clock.advance(60);
    // Four digits alone bring no staff's rights, whatever the account has.
    let staff = world.anyone().sign_in(ADA).await;
    let answer = staff.client().get(PATH).await.expect(200);
    assert_eq!(answer.body["channels"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_secret_is_the_installations_and_outlives_a_restart() {
    let world = connected().await;
    let again = world.another_instance(9).await;
    assert_eq!(
        again.realtime_secret().unwrap(),
        world.postern.realtime_secret().unwrap()
    );
    assert_eq!(again.realtime_secret().unwrap().len(), 43);
    let other = World::new().await;
    // Another world of the same seed, so another entropy for its ring.
    let ring = store::key::keyring().attributes();
    let gone = other
        .db
        .delete_item()
        .table_name(&other.table)
        .set_key(Some(ring));
    gone.send().await.unwrap();
    let entropy = tests::SeededEntropy::new(10);
    let (settings, clock) = (&other.settings, &*other.clock);
    let made = flows::Postern::make_key_ring(settings, &other.aws, clock, &entropy);
    made.await.unwrap();
    let other = other.another_instance(10).await;
    assert_ne!(
        other.realtime_secret().unwrap(),
        world.postern.realtime_secret().unwrap()
    );
}
