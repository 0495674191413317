//! An account registered by a stranger with my address: nothing of theirs outlives
//! my first proof.

use serde_json::json;
use tests::{Anyone, World};

use super::{
    ADA, OTHER, PASSWORD, address, ask_for_reset, is_signed_in, letter_token, login, register,
    reset,
};

/// A stranger registers ada's address and signs in. A factor and a key they get not.
struct Stranger<'w> {
    session: Anyone<'w>,
    refresh: String,
}

async fn stranger<'w>(world: &'w World) -> Stranger<'w> {
    let client = world.at("203.0.113.66");
    register(&client, "mallory", ADA, PASSWORD)
        .await
        .expect(200);
    let answer = login(&client, ADA, PASSWORD).await.expect(200);
    let session = client.bearing(answer.str("access_token"));
    let path = "/cfg/accounts/api-key/regenerate/";
    session.post(path, &json!({})).await.expect(403);
    let refused = session.get("/auth/generate-2fa-code").await.expect(403);
    assert!(refused.str("detail").contains("/auth/confirm-email"));
    session
        .post("/cfg/totp/setup/", &json!({}))
        .await
        .expect(403);
    assert!(is_signed_in(&session).await);
    Stranger {
        session,
        refresh: answer.str("refresh_token").to_owned(),
    }
}

async fn is_dead(world: &World, stranger: &Stranger<'_>) {
    assert!(!is_signed_in(&stranger.session).await);
    world.anyone().refresh(&stranger.refresh).await.expect(401);
    let away = world.at("203.0.113.66");
    login(&away, ADA, PASSWORD).await.expect(401);
    login(&away, "mallory", PASSWORD).await.expect(401);
    let user = world.postern.find_user(&address(ADA)).await.unwrap();
    assert!(user.email_verified && user.factors.is_empty() && user.api_key.is_none());
}

#[tokio::test]
async fn my_first_code_ends_all_of_it() {
    let world = World::new().await;
    let stranger = stranger(&world).await;
    let mine = world.anyone().sign_in(ADA).await;
    mine.profile().await.expect(200);
    is_dead(&world, &stranger).await;
    let rows = world.dump(&world.table).await;
    let left = rows
        .iter()
        .filter(|row| row["sk"].as_s().unwrap().starts_with("CRED#"));
    assert_eq!(left.count(), 0, "not even the hash is left");
    mine.profile().await.expect(200);
}

#[tokio::test]
async fn my_reset_ends_all_of_it_and_remembers_nothing_of_his() {
    let world = World::new().await;
    let stranger = stranger(&world).await;
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    reset(&world.anyone(), &token, OTHER).await.expect(200);
    is_dead(&world, &stranger).await;
    let answer = login(&world.anyone(), ADA, OTHER).await.expect(200);
    assert_eq!(answer.body["requires_2fa"], json!(false));
    let rows = world.dump(&world.table).await;
    let row = rows
        .iter()
        .find(|row| row["sk"].as_s().unwrap() == "CRED#password")
        .unwrap();
    assert!(!row.contains_key("history"));
}

#[tokio::test]
async fn a_deleted_account_leaves_no_password() {
    let world = World::new().await;
    let ada = super::ada(&world.anyone()).await;
    ada.post("/cfg/accounts/profile/delete/", &json!({}))
        .await
        .expect(200);
    login(&world.anyone(), ADA, PASSWORD).await.expect(401);
    let rows = world.dump(&world.table).await;
    assert!(!format!("{rows:?}").contains("$argon2id$"));
    register(&world.anyone(), "ada", ADA, OTHER)
        .await
        .expect(200);
}

#[tokio::test]
async fn the_token_of_the_letter_without_my_bearer_ends_all_of_it() {
    let world = World::new().await;
    let stranger = stranger(&world).await;
    let body = json!({ "token": letter_token(&world, ADA) });
    let mine = world.anyone();
    mine.post("/auth/confirm-email", &body).await.expect(200);
    is_dead(&world, &stranger).await;
    mine.post("/auth/confirm-email", &body).await.expect(400);
}

#[tokio::test]
async fn saying_on_the_letters_page_that_it_was_somebody_else_ends_all_of_it() {
    let world = World::new().await;
    let stranger = stranger(&world).await;
    let path = super::confirm_page::link(&world, ADA);
    let mut browser = tests::Visitor::open(world.anyone(), &path).await;
    assert!(browser.page.text.contains("<strong>mallory</strong>"));
    browser.fill("/auth/confirm/not-mine", &[]).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    assert!(browser.page.text.contains("The account is yours now"));
    is_dead(&world, &stranger).await;
    let rows = world.dump(&world.table).await;
    assert!(!format!("{rows:?}").contains("$argon2id$"));
    let mine = world.anyone().sign_in(ADA).await;
    assert_eq!(mine.profile().await.expect(200).str("email"), ADA);
    browser.go(&path).await;
    assert_eq!(browser.page.status, 400);
}

#[tokio::test]
async fn a_proof_with_the_accounts_own_bearer_keeps_what_it_has() {
    for by_letter in [true, false] {
        let world = World::new().await;
        let client = world.anyone();
        register(&client, "ada", ADA, PASSWORD).await.expect(200);
        let answer = login(&client, ADA, PASSWORD).await.expect(200);
        let mine = client.clone().bearing(answer.str("access_token"));
        if by_letter {
            let body = json!({ "token": letter_token(&world, ADA) });
            mine.post("/auth/confirm-email", &body).await.expect(200);
        } else {
            client.request_code(ADA).await.expect(200);
            mine.verify_code(ADA, &world.code(ADA)).await.expect(200);
        }
        assert!(is_signed_in(&mine).await, "by letter: {by_letter}");
        let path = "/cfg/accounts/api-key/regenerate/";
        mine.post(path, &json!({})).await.expect(200);
        world.clock.advance(60);
        // A code sign-in, and the password again: one account, nothing lost.
        let by_code = client.sign_in(ADA).await;
        let profile = by_code.profile().await.expect(200);
        assert_eq!(profile.str("email"), ADA);
        login(&client, ADA, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn an_expired_or_foreign_bearer_beside_a_code_is_as_none() {
    let world = World::new().await;
    let eve = world.at("198.51.100.3").sign_in("eve@example.com").await;
    for bearer in ["garbage", eve.access.as_str()] {
        let stranger = stranger(&world).await;
        let mine = world.anyone();
        mine.request_code(ADA).await.expect(200);
        let with = mine.clone().bearing(bearer);
        with.verify_code(ADA, &world.code(ADA)).await.expect(200);
        is_dead(&world, &stranger).await;
        let user = world.postern.find_user(&address(ADA)).await.unwrap();
        world
            .postern
            .delete_user(user.email.as_ref().unwrap())
            .await
            .unwrap();
        world.clock.advance(3600);
    }
}

#[tokio::test]
async fn nobody_else_is_shown_an_address_that_nobody_proved() {
    let world = World::new().await;
    let client = world.anyone();
    register(&client, "ada", ADA, PASSWORD).await.expect(200);
    let answer = login(&client, ADA, PASSWORD).await.expect(200);
    let mine = client.bearing(answer.str("access_token"));
    for path in [
        "/cfg/accounts/profile/",
        "/auth/verify-user/ada",
        "/protected",
        "/auth/sessions",
    ] {
        let answer = mine.get(path).await.expect(200);
        assert!(!answer.text.contains(ADA), "{path}: {}", answer.text);
    }
}
