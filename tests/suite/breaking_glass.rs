//! What an operator ends after a leak is over in every running function half a minute
//! later: a signing key, or everybody's sign-ins.

use domain::rotation::{LOOK_EVERY, Occasion};
use flows::{Postern, Rotation};
use serde_json::json;
use tests::{Member, World};

use crate::nauth;
use crate::vendor;

const ADA: &str = "ada@example.com";

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// Lets the time pass within which every function looks.
fn half_a_minute(world: &World) {
    world.clock.advance(i64::try_from(LOOK_EVERY).unwrap());
}

/// Another process: the operator's command line.
async fn operator(world: &World) -> Postern {
    world.another_instance(99).await
}

async fn revoke(world: &World, kid: &str) {
    let operator = operator(world).await;
    operator.revoke_signing_key(kid, world.now()).await.unwrap();
}

#[tokio::test]
async fn a_revoked_keys_tokens_are_refused_and_its_successors_are_good() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let leaked = kid(&ada.access);
    revoke(&world, &leaked).await;
    half_a_minute(&world);
    ada.profile().await.expect(401);
    let verified = world.anyone().verify(&ada.access).await.expect(200);
    assert_eq!(verified.body["valid"], json!(false));
    let next = ada.refreshed().await;
    assert_ne!(kid(&next.access), leaked);
    next.profile().await.expect(200);
    let keys = world.anyone().get("/.well-known/jwks.json").await;
    assert!(!keys.expect(200).text.contains(&leaked));
}

#[tokio::test]
async fn a_function_that_has_not_looked_yet_takes_the_successors_tokens() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let leaked = kid(&ada.access);
    world.clock.advance(20);
    revoke(&world, &leaked).await;
    let elsewhere = operator(&world).await;
    let meta = flows::RequestMeta::of_command_line(world.now());
    let refreshed = elsewhere.refresh(&meta, &ada.refresh).await.unwrap();
    assert_ne!(kid(&refreshed.access), leaked);
    let bearer = world.anyone().bearing(&refreshed.access);
    bearer.get("/cfg/accounts/profile/").await.expect(200);
}

#[tokio::test]
async fn the_key_that_waits_takes_over_and_a_retired_one_never_does() {
    let world = World::new().await;
    let first = world.postern.signing_key_id();
    let rotated = world
        .postern
        .rotate_signing_key(Occasion::Operator, world.now());
    let Rotation::Published { kid: second, .. } = rotated.await.unwrap() else {
        panic!("nothing was made");
    };
    world.clock.advance(60);
    revoke(&world, &first).await;
    half_a_minute(&world);
    let ada = world.anyone().sign_in(ADA).await;
    assert_eq!(kid(&ada.access), second);
    // The one before the second is gone; a third is made.
    revoke(&world, &second).await;
    half_a_minute(&world);
    let third = kid(&ada.refreshed().await.access);
    assert!(third != first && third != second);
    let unknown = operator(&world).await;
    let unknown = unknown.revoke_signing_key("no-such-key", world.now()).await;
    assert_eq!(unknown, Err(domain::Error::Missing));
}

#[tokio::test]
async fn an_end_that_was_once_is_not_taken_back_by_a_clock_that_is_behind() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let operator = operator(&world).await;
    operator.end_all_sessions(world.now()).await.unwrap();
    let behind = domain::UnixTime(world.now().0 - 180);
    operator.end_all_sessions(behind).await.unwrap();
    half_a_minute(&world);
    ada.profile().await.expect(401);
}

#[tokio::test]
async fn a_move_and_a_grant_that_were_asked_for_before_end_too() {
    let world = World::new().await;
    let anyone = world.anyone();
    crate::auth::register(&anyone, "ada", ADA, crate::auth::PASSWORD)
        .await
        .expect(200);
    world.prove(ADA).await;
    let signed_in = crate::auth::login(&anyone, ADA, crate::auth::PASSWORD).await;
    let bearer = anyone
        .clone()
        .bearing(signed_in.expect(200).str("access_token"));
    let body = json!({ "email": "thief@example.com" });
    bearer.send("PUT", "/auth/profile", &body).await.expect(200);
    let token = crate::auth::letter_token(&world, "thief@example.com");
    operator(&world)
        .await
        .end_all_sessions(world.now())
        .await
        .unwrap();
    half_a_minute(&world);
    let body = json!({ "token": token });
    let moved = anyone.post("/auth/confirm-email", &body).await;
    assert_eq!(moved.status / 100, 4, "{}", moved.text);
}

#[tokio::test]
async fn everybody_signs_in_anew() {
    let world = World::new().await;
    let anyone = world.anyone();
    let ada: Member<'_> = anyone.sign_in(ADA).await;
    vendor::register(&anyone, vendor::SHOP).await.expect(200);
    let shop = async || {
        let signed_in = vendor::login(&anyone, vendor::SHOP, vendor::PASSWORD).await;
        let answer = signed_in.expect(200);
        anyone.clone().bearing(answer.str("access_token"))
    };
    let old_shop = shop().await;
    let waits = nauth::sign_up(&anyone, "grace@example.com").await;
    let waits = waits.expect(201);
    let app = ada.set_up_totp(&world).await;
    let factor = anyone.first_factor(&world, ADA).await;
    let ada = anyone
        .sign_in_with(&world, ADA, &app.code(world.now()))
        .await;
    let path = "/cfg/accounts/api-key/regenerate/";
    let key = ada.client().post(path, &json!({})).await.expect(200);
    let key = json!({ "key": key.str("key") });

    let now = world.now();
    operator(&world).await.end_all_sessions(now).await.unwrap();
    half_a_minute(&world);

    ada.profile().await.expect(401);
    ada.client().refresh(&ada.refresh).await.expect(401);
    let refused = old_shop.send("PUT", "/vendor/password", &json!({})).await;
    refused.expect(401);
    // Nor does a sign-in go on that had shown its first half.
    let code = world.code("grace@example.com");
    let body = json!({ "session": waits.str("session"), "type": "VERIFY_EMAIL", "code": code });
    let answer = anyone.post("/nauth/respond-challenge", &body).await;
    assert_eq!(answer.expect(400).str("code"), "CHALLENGE_INVALID");
    let code = app.code(world.now());
    anyone.second_factor(&factor, &code).await.expect(404);

    // Everybody gets back in. Keys are no sign-ins, and stayed.
    world.clock.advance(60);
    let code = app.code(world.now());
    let ada = anyone.sign_in_with(&world, ADA, &code).await;
    ada.profile().await.expect(200);
    ada.refreshed().await.profile().await.expect(200);
    let path = "/cfg/accounts/api-key/test/";
    let tried = ada.client().post(path, &key).await.expect(200);
    assert_eq!(tried.body["valid"], json!(true));
    let refused = shop().await;
    let refused = refused.send("PUT", "/vendor/password", &json!({})).await;
    refused.expect(422);
}
