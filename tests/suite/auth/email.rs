//! PUT /auth/profile with another address, and POST /auth/confirm-email

use serde_json::json;
use tests::World;

use super::{
    ADA, PASSWORD, ada, ask_for_reset, is_signed_in, letter_token, login, register, reset,
};

const NEW: &str = "countess@example.org";
const CONFIRM: &str = "/auth/confirm-email";

#[tokio::test]
async fn an_unproven_address_is_replaced_at_once() {
    let world = World::new().await;
    let ada = ada(&world.anyone()).await;
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    let answer = ada
        .send("PUT", "/auth/profile", &json!({ "email": NEW }))
        .await;
    assert_eq!(answer.expect(200).str("email"), NEW);
    assert!(is_signed_in(&ada).await);
    assert!(world.mail(NEW)[0].subject.starts_with("An account for you"));
    reset(&world.anyone(), &token, super::OTHER)
        .await
        .expect(400);
    register(&world.anyone(), "other", ADA, PASSWORD)
        .await
        .expect(200);
    let taken = ada
        .send("PUT", "/auth/profile", &json!({ "email": ADA }))
        .await;
    assert_eq!(taken.expect(400).str("detail"), "Email already registered");
}

#[tokio::test]
async fn a_proven_address_stays_until_the_new_one_is_proven() {
    let world = World::new().await;
    let ada = ada(&world.anyone()).await;
    world.set_user(ADA, |user| user.email_verified = true).await;
    let answer = ada
        .send("PUT", "/auth/profile", &json!({ "email": NEW }))
        .await;
    assert_eq!(answer.expect(200).str("email"), ADA);
    login(&world.anyone(), NEW, PASSWORD).await.expect(401);
    let token = letter_token(&world, NEW);
    let body = json!({ "token": token });
    reset(&world.anyone(), &token, super::OTHER)
        .await
        .expect(400);
    world.anyone().post(CONFIRM, &body).await.expect(200);
    world.anyone().post(CONFIRM, &body).await.expect(400);
    assert!(!is_signed_in(&ada).await);
    login(&world.anyone(), ADA, PASSWORD).await.expect(401);
    login(&world.anyone(), NEW, PASSWORD).await.expect(200);
    assert!(world.mail(ADA)[0].subject.contains("another address"));
    let rows = format!("{:?}", world.dump(&world.table).await);
    assert!(!rows.contains(&token));
}

#[tokio::test]
async fn an_address_that_somebody_has_is_not_taken_away() {
    let world = World::new().await;
    let ada = ada(&world.anyone()).await;
    world.set_user(ADA, |user| user.email_verified = true).await;
    world.at("198.51.100.1").sign_in(NEW).await;
    let change = json!({ "email": NEW });
    ada.send("PUT", "/auth/profile", &change).await.expect(200);
    let body = json!({ "token": letter_token(&world, NEW) });
    let taken = world.anyone().post(CONFIRM, &body).await.expect(400);
    assert_eq!(taken.str("detail"), "Email already registered");
    assert!(is_signed_in(&ada).await);
    let odd = world.anyone().post(CONFIRM, &json!({ "token": "x" })).await;
    assert_eq!(odd.expect(400).str("detail"), "Invalid or expired token");
}
