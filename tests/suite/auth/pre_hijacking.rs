//! An account registered by a stranger with my address: nothing of theirs outlives
//! my first proof.

use serde_json::json;
use tests::{Anyone, World};

use super::{
    ADA, OTHER, PASSWORD, address, ask_for_reset, is_signed_in, letter_token, login, register,
    reset,
};

/// A stranger registers ada's address, signs in, sets a factor and takes a key.
struct Stranger<'w> {
    session: Anyone<'w>,
    refresh: String,
    key: String,
}

async fn stranger<'w>(world: &'w World) -> Stranger<'w> {
    let client = world.at("203.0.113.66");
    register(&client, "mallory", ADA, PASSWORD)
        .await
        .expect(200);
    let answer = login(&client, ADA, PASSWORD).await.expect(200);
    let session = client.bearing(answer.str("access_token"));
    let path = "/cfg/accounts/api-key/regenerate/";
    let key = session.post(path, &json!({})).await.expect(200);
    let code = session.get("/auth/generate-2fa-code").await.expect(200);
    let body = json!({ "code": code.str("code") });
    session.post("/auth/enable-2fa", &body).await.expect(200);
    let key = key.str("key").to_owned();
    assert!(is_signed_in(&session).await);
    Stranger {
        session,
        refresh: answer.str("refresh_token").to_owned(),
        key,
    }
}

async fn is_dead(world: &World, stranger: &Stranger<'_>) {
    assert!(!is_signed_in(&stranger.session).await);
    world.anyone().refresh(&stranger.refresh).await.expect(401);
    let program = world.anyone().header("x-api-key", &stranger.key);
    program.get("/cfg/accounts/api-key/").await.expect(401);
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
