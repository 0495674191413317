//! PUT /auth/profile with another address, and POST /auth/confirm-email

use domain::secret::SecretName;
use serde_json::json;
use tests::World;

use super::{ADA, PASSWORD, ada, is_signed_in, letter_token, login, register, reset};

const NEW: &str = "countess@example.org";
const CONFIRM: &str = "/auth/confirm-email";

#[tokio::test]
async fn an_unproven_address_waits_for_its_proof_like_any_other() {
    let world = World::new().await;
    let client = world.anyone();
    register(&client, "ada", ADA, PASSWORD).await.expect(200);
    let answer = login(&client, ADA, PASSWORD).await.expect(200);
    let ada = client.clone().bearing(answer.str("access_token"));
    // The answer does not say whether an account has the address.
    world.at("198.51.100.1").sign_in("eve@example.com").await;
    for email in [NEW, "eve@example.com"] {
        let change = json!({ "email": email });
        let answer = ada.send("PUT", "/auth/profile", &change).await;
        assert!(answer.expect(200).str("email").ends_with("@users.invalid"));
    }
    assert!(world.mail(NEW)[0].text.contains("The account ada"));
    let body = json!({ "token": letter_token(&world, NEW) });
    ada.post(CONFIRM, &body).await.expect(200);
    assert!(
        is_signed_in(&ada).await,
        "with the bearer it keeps its session"
    );
    login(&client, ADA, PASSWORD).await.expect(401);
    login(&client, NEW, PASSWORD).await.expect(200);
    let user = world.postern.find_user(&super::address(NEW)).await.unwrap();
    assert!(user.email_verified);
}

#[tokio::test]
async fn letters_to_other_addresses_have_a_budget() {
    let world = World::new().await;
    let ada = ada(&world.anyone()).await;
    let mut answers = Vec::new();
    for number in 0..8 {
        let change = json!({ "email": format!("victim{number}@example.org") });
        let answer = ada.send("PUT", "/auth/profile", &change).await;
        answers.push(answer.status);
        world.clock.advance(30);
    }
    assert_eq!(answers, [200, 200, 200, 200, 200, 429, 429, 429]);
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
    ada.post(CONFIRM, &body).await.expect(200);
    ada.post(CONFIRM, &body).await.expect(400);
    assert!(
        is_signed_in(&ada).await,
        "the session that confirms is taken along"
    );
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

#[tokio::test]
async fn rights_stay_with_the_address_that_they_were_given_to() {
    for with_bearer in [true, false] {
        let world = World::new().await;
        let client = world.anyone();
        register(&client, "mallory", ADA, PASSWORD)
            .await
            .expect(200);
        let ada = super::address(ADA);
        let role = domain::account::Role::Admin;
        world.postern.set_role(&ada, role).await.unwrap();
        let answer = login(&client, ADA, PASSWORD).await.expect(200);
        let mallory = client.clone().bearing(answer.str("access_token"));
        let change = json!({ "email": NEW });
        mallory
            .send("PUT", "/auth/profile", &change)
            .await
            .expect(200);
        let body = json!({ "token": letter_token(&world, NEW) });
        let reader = if with_bearer { &mallory } else { &client };
        reader.post(CONFIRM, &body).await.expect(200);
        let user = world.postern.find_user(&super::address(NEW)).await.unwrap();
        assert_eq!(user.role, domain::account::Role::User);
        assert_eq!(user.appointment, None);
    }
}

#[tokio::test]
async fn the_reader_of_a_mistyped_address_gets_no_rights() {
    let world = World::new().await;
    world.admin("other@example.com").await;
    let admin = world.admin(ADA).await;
    let change = json!({ "email": NEW });
    let client = admin.client();
    client
        .send("PUT", "/auth/profile", &change)
        .await
        .expect(200);
    let body = json!({ "token": letter_token(&world, NEW) });
    world.anyone().post(CONFIRM, &body).await.expect(200);
    let user = world.postern.find_user(&super::address(NEW)).await.unwrap();
    assert_eq!(user.role, domain::account::Role::User);
    client.get("/admin/users").await.expect(403);
}

#[tokio::test]
async fn the_last_administrator_moves_with_the_bearer_alone() {
    let world = World::new().await;
    let admin = world.admin(ADA).await.client();
    let change = json!({ "email": NEW });
    let changed = admin.send("PUT", "/auth/profile", &change).await;
    changed.expect(200);
    let body = json!({ "token": letter_token(&world, NEW) });
    let alone = world.anyone().post(CONFIRM, &body).await.expect(400);
    let none = json!({ "token": "none" });
    let none = world.anyone().post(CONFIRM, &none).await.expect(400);
    assert_eq!(alone.body, none.body);
    admin.post(CONFIRM, &body).await.expect(200);
    let user = world.postern.find_user(&super::address(NEW)).await.unwrap();
    assert_eq!(user.role, domain::account::Role::Admin);
}

#[tokio::test]
async fn an_administrator_who_proved_nothing_is_no_other_one() {
    let key = (
        SecretName::RegistrationKey,
        "an installation's key of 38 characters",
    );
    let world = World::with_secrets(&[], &[key]).await;
    let admin = world.admin(ADA).await.client();
    let body = json!({
        "username": "chief", "email": NEW, "password": PASSWORD,
        "secret_key": "an installation's key of 38 characters",
    });
    let made = world.anyone().post("/admin/register", &body).await;
    assert!(made.status < 300, "{}", made.text);
    let path = "/cfg/accounts/profile/delete/";
    let refused = admin.post(path, &json!({})).await;
    assert!(refused.status >= 400, "{}", refused.text);
    world.prove(NEW).await;
    assert!(admin.post(path, &json!({})).await.status < 300);
}
