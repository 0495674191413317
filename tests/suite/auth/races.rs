//! Many at once, one winner, and a twin whose writes have lost their conditions.

use crypto::password::Verdict;
use domain::password::Password;
use futures_util::future::join_all;
use serde_json::json;
use tests::{Answer, World};

use super::{ADA, PASSWORD, ada, ask_for_reset, letter_token, login, register, reset};
use crate::invariants::below_zero;

fn won(answers: &[Answer]) -> usize {
    let broken = answers.iter().find(|answer| answer.status >= 500);
    assert!(broken.is_none(), "{broken:?}");
    answers.iter().filter(|answer| answer.status == 200).count()
}

/// One reset token, used by fifty callers for a password each.
async fn fifty_resets(world: &World) -> Vec<Answer> {
    ada(&world.anyone()).await;
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(world, ADA);
    join_all((0..50).map(|n| {
        let (client, token) = (world.at(&format!("198.51.100.{n}")), token.clone());
        async move { reset(&client, &token, &format!("difference engine no. {n}")).await }
    }))
    .await
}

#[tokio::test]
async fn fifty_uses_of_one_reset_token_set_one_password() {
    let world = World::new().await;
    let answers = fifty_resets(&world).await;
    assert_eq!(won(&answers), 1);
    let winner = answers.iter().position(|a| a.status == 200).unwrap();
    let client = world.at(&format!("198.51.100.{winner}"));
    let password = format!("difference engine no. {winner}");
    login(&client, ADA, &password).await.expect(200);
}

#[tokio::test]
async fn fifty_uses_of_one_reset_token_twin_without_conditions() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    world.tap.weaken("TransactWriteItems");
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    let answers = join_all((0..50).map(|n| {
        let (client, token) = (world.at(&format!("198.51.100.{n}")), token.clone());
        async move { reset(&client, &token, &format!("difference engine no. {n}")).await }
    }))
    .await;
    assert!(won(&answers) > 1);
}

/// One username, wanted by fifty people.
async fn fifty_registrations(world: &World) -> Vec<Answer> {
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let email = format!("ada{n}@example.com");
        async move { register(&client, "ada", &email, PASSWORD).await }
    }))
    .await
}

async fn accounts(world: &World) -> usize {
    let rows = world.dump(&world.table).await;
    rows.iter()
        .filter(|row| row["sk"].as_s().unwrap() == "PROFILE")
        .count()
}

#[tokio::test]
async fn fifty_people_who_want_one_username_make_one_account() {
    let world = World::new().await;
    let answers = fifty_registrations(&world).await;
    assert_eq!((won(&answers), accounts(&world).await), (1, 1));
    let told = answers.iter().filter(|answer| answer.status == 400);
    assert_eq!(told.count(), 49);
}

#[tokio::test]
async fn fifty_people_who_want_one_username_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    let answers = fifty_registrations(&world).await;
    assert!(won(&answers) > 1 && accounts(&world).await > 1);
}

/// How many of 50 wrong passwords at once were compared: each that was counted.
async fn compared(world: &World) -> usize {
    let answers = join_all((0..50).map(|n| {
        let client = world.at(&format!("203.0.113.{n}"));
        async move { login(&client, ADA, "a wrong guess").await }
    }))
    .await;
    assert_eq!(won(&answers), 0);
    answers.iter().filter(|answer| answer.status == 401).count()
}

#[tokio::test]
async fn fifty_wrong_passwords_at_once_get_five_tries() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    assert_eq!(compared(&world).await, 5);
    let right = login(&world.at("203.0.113.99"), ADA, PASSWORD).await;
    right.expect(429);
}

#[tokio::test]
async fn fifty_wrong_passwords_twin_without_conditions() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    world.tap.weaken("UpdateItem");
    assert!(compared(&world).await > 5);
}

#[tokio::test]
async fn a_sign_in_that_a_lock_outruns_has_no_tokens_that_work() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    let address = super::address(ADA);
    let (home, lock) = (world.anyone(), world.postern.lock_user(&address));
    let (answer, locked) = tokio::join!(login(&home, ADA, PASSWORD), lock);
    locked.unwrap();
    if answer.status == 200 {
        let bearer = world.anyone().bearing(answer.str("access_token"));
        assert!(!super::is_signed_in(&bearer).await);
    }
}

/// Eight changes of a password at once: how many were told that they are made, how many
/// of the passwords are right, and how many are remembered as former ones.
async fn eight_changes(world: &World, weak: bool) -> (usize, usize, usize) {
    let member = ada(&world.anyone()).await;
    if weak {
        world.tap.weaken("TransactWriteItems");
    }
    let answers = join_all((0..8).map(|n| {
        let client = member.clone();
        let body = json!({ "password": format!("difference engine no. {n}") });
        async move { client.send("PUT", "/auth/profile", &body).await }
    }))
    .await;
    assert!(won(&answers) >= 1);
    let sub = world.postern.find_user(&super::address(ADA)).await;
    let store = store::Store::new(&world.aws.dynamodb, &world.table, &world.audit_table);
    let (_, kept) = store.user_and_password(sub.unwrap().sub).await.unwrap();
    let kept = kept.unwrap();
    let right = (0..8).filter(|n| {
        let password = Password::typed(&format!("difference engine no. {n}"));
        crypto::password::verify(&password, &kept.hash) == Verdict::Right
    });
    (won(&answers), right.count(), kept.history.len())
}

#[tokio::test]
async fn one_change_of_password_wins() {
    let world = World::new().await;
    let (made, right, former) = eight_changes(&world, false).await;
    assert_eq!((right, former), (1, made), "none was lost unseen");
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn changes_of_a_password_twin_without_conditions() {
    let (made, _, former) = eight_changes(&World::new().await, true).await;
    assert!(former < made, "{former} of {made}");
}
