//! Many callers at once, of whom one may win; each with a twin without conditions, which
//! shows that the race can be lost.

use futures_util::future::join_all;
use serde_json::json;
use tests::{Answer, World};

use super::{ADA, NEXT_PASSWORD, PASSWORD, ada, bearing, login, prove, sign_up};
use crate::load::invariants::below_zero;

fn won(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status < 300).count()
}

fn unbroken(answers: &[Answer]) {
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
}

/// Eight, as each of them hashes a password, which an unoptimized build takes its time for.
async fn eight_sign_ups(world: &World) -> Vec<Answer> {
    join_all((0..8).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { sign_up(&client, ADA).await }
    }))
    .await
}

#[tokio::test]
async fn eight_sign_ups_of_one_address_leave_one_account_that_can_be_proven() {
    let world = World::new().await;
    let answers = eight_sign_ups(&world).await;
    unbroken(&answers);
    assert!(won(&answers) >= 1);
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
    world.clock.advance(3601);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    prove(&world.anyone(), waits.str("session"), &world.code(ADA))
        .await
        .expect(200);
}

async fn fifty_proofs(world: &World) -> Vec<Answer> {
    let waits = sign_up(&world.anyone(), ADA).await.expect(201);
    let (session, code) = (waits.str("session").to_owned(), world.code(ADA));
    world.tap.clear();
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let (session, code) = (session.clone(), code.clone());
        async move { prove(&client, &session, &code).await }
    }))
    .await
}

#[tokio::test]
async fn one_of_fifty_right_answers_wins() {
    let world = World::new().await;
    let answers = fifty_proofs(&world).await;
    unbroken(&answers);
    assert_eq!(won(&answers), 1);
    for answer in answers.iter().filter(|answer| answer.status >= 300) {
        let code = answer.body["code"].as_str().unwrap();
        let told = [
            "CHALLENGE_ALREADY_COMPLETED",
            "CHALLENGE_MAX_ATTEMPTS",
            "VERIFY_TOO_MANY_ATTEMPTS",
        ];
        assert!(told.contains(&code), "{code}");
    }
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn right_answers_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    world.tap.weaken("UpdateItem");
    assert!(won(&fifty_proofs(&world).await) > 1);
}

async fn fifty_resets(world: &World) -> Vec<Answer> {
    ada(world).await;
    let asked = json!({ "identifier": ADA });
    world
        .anyone()
        .post("/nauth/forgot-password", &asked)
        .await
        .expect(200);
    let code = world.code(ADA);
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let password = format!("{NEXT_PASSWORD} {n}");
        let body = json!({ "identifier": ADA, "code": code, "newPassword": password });
        async move { client.post("/nauth/forgot-password/confirm", &body).await }
    }))
    .await
}

#[tokio::test]
async fn one_of_fifty_reset_codes_wins() {
    let world = World::new().await;
    let answers = fifty_resets(&world).await;
    unbroken(&answers);
    assert_eq!(won(&answers), 1);
    let winner = answers
        .iter()
        .position(|answer| answer.status == 200)
        .unwrap();
    let password = format!("{NEXT_PASSWORD} {winner}");
    login(&world.at("198.51.100.99"), ADA, &password)
        .await
        .expect(200);
}

#[tokio::test]
async fn reset_codes_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    world.tap.weaken("UpdateItem");
    assert!(won(&fifty_resets(&world).await) > 1);
}

#[tokio::test]
async fn four_right_sign_ins_at_once_shut_nobody_out() {
    let world = World::new().await;
    ada(&world).await;
    let answers = join_all((0..4).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { login(&client, ADA, PASSWORD).await }
    }))
    .await;
    assert_eq!(won(&answers), 4, "{answers:?}");
    for answer in &answers {
        bearing(&world, answer)
            .get("/nauth/profile")
            .await
            .expect(200);
    }
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn of_five_sign_ins_at_once_the_newest_session_stays() {
    let world = World::with(&[("POSTERN_NAUTH_MAX_SESSIONS", "1")]).await;
    ada(&world).await;
    world.clock.advance(60);
    let answers = join_all((0..5).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { login(&client, ADA, PASSWORD).await.expect(200) }
    }))
    .await;
    let mut alive = 0;
    for answer in &answers {
        let profile = bearing(&world, answer).get("/nauth/profile").await;
        alive += usize::from(profile.status == 200);
    }
    assert_eq!(alive, 1);
}
