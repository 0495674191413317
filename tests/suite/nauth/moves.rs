//! Accounts that move to another address.

use serde_json::json;
use tests::World;

use super::{ADA, PASSWORD, ada, bearing, login, prove, refused};
use crate::auth::letter_token;

async fn moving(world: &World, to: &str) -> String {
    let member = bearing(world, &ada(world).await);
    member
        .send("PUT", "/nauth/profile", &json!({ "email": to }))
        .await
        .expect(200);
    world.clock.advance(61);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    waits.str("session").to_owned()
}

#[tokio::test]
async fn a_strangers_sign_up_is_not_in_the_way_of_who_proves_the_address() {
    let world = World::new().await;
    let next = "ada@lovelace.example";
    let session = moving(&world, next).await;
    let code = world.code(next);
    let stranger = world.at("203.0.113.9");
    let body = json!({ "email": next, "password": "a stranger's own 1", "username": "mallory" });
    stranger.post("/nauth/signup", &body).await.expect(201);
    let tokens = prove(&world.anyone(), &session, &code).await.expect(200);
    let profile = bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert_eq!(
        (profile.str("email"), &profile.body["isEmailVerified"]),
        (next, &json!(true))
    );
    refused(
        &login(&stranger, "mallory", "a stranger's own 1").await,
        401,
        "AUTH_INVALID_CREDENTIALS",
    );
    login(&world.anyone(), next, PASSWORD).await.expect(200);
    // Its name is free again, and the address that she left.
    let body = json!({ "email": ADA, "password": PASSWORD, "username": "mallory" });
    stranger.post("/nauth/signup", &body).await.expect(201);
}

#[tokio::test]
async fn a_move_to_an_address_that_another_has_proven_is_off() {
    let world = World::new().await;
    let next = "ada@lovelace.example";
    let session = moving(&world, next).await;
    let code = world.code(next);
    let other = world.at("203.0.113.9").sign_in(next).await;
    let tokens = prove(&world.anyone(), &session, &code).await.expect(200);
    let profile = bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert_eq!(
        (profile.str("email"), &profile.body["isEmailVerified"]),
        (ADA, &json!(true))
    );
    other.profile().await.expect(200);
    let again = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert!(
        !again.str("accessToken").is_empty(),
        "it is not asked for again"
    );
}

#[tokio::test]
async fn an_address_that_was_proven_elsewhere_is_not_asked_for_again() {
    let world = World::new().await;
    let next = "ada@lovelace.example";
    let member = bearing(&world, &ada(&world).await);
    let edit = json!({ "email": next });
    member
        .send("PUT", "/nauth/profile", &edit)
        .await
        .expect(200);
    // The same person, asking another contract for the same.
    member.send("PUT", "/auth/profile", &edit).await.expect(200);
    let body = json!({ "token": letter_token(&world, next) });
    member.post("/auth/confirm-email", &body).await.expect(200);
    let tokens = login(&world.anyone(), next, PASSWORD).await.expect(200);
    let profile = bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert_eq!(
        (profile.str("email"), &profile.body["isEmailVerified"]),
        (next, &json!(true))
    );
}
