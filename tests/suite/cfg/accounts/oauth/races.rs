//! Many at once, one winner; and what the tables hold afterwards.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use tests::{Answer, World};

use super::{CALLBACK, ada, approve, depart, go};

fn won(answers: &[Answer]) -> usize {
    let broken: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status >= 500)
        .collect();
    assert!(broken.is_empty(), "{:?}", broken.first());
    answers.iter().filter(|answer| answer.status == 200).count()
}

/// One state, brought back by 50 callers, each with a good code of its own.
async fn fifty_returns_of_one_state(world: &World) -> Vec<Answer> {
    let (state, url) = depart(&world.anyone(), &json!({})).await;
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let body = json!({ "code": approve(world, &url, &ada()), "state": state });
        async move { client.post(CALLBACK, &body).await }
    }))
    .await
}

#[tokio::test]
async fn fifty_returns_of_one_state_sign_in_once() {
    let world = World::new().await;
    let answers = fifty_returns_of_one_state(&world).await;
    assert_eq!(won(&answers), 1);
    assert_eq!(
        world.github.tokens().len(),
        1,
        "GitHub is asked by one of them"
    );
}

#[tokio::test]
async fn fifty_returns_of_one_state_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("UpdateItem");
    let answers = fifty_returns_of_one_state(&world).await;
    assert!(won(&answers) > 1);
    assert!(world.github.tokens().len() > 1);
}

/// 50 first sign-ins of one person at once, from five networks.
async fn fifty_first_sign_ins(world: &World) -> Vec<Answer> {
    let mut departed = Vec::new();
    for n in 0..50 {
        let out = world.at(&format!("203.0.113.{n}"));
        let (state, url) = depart(&out, &json!({})).await;
        departed.push(json!({ "code": approve(world, &url, &ada()), "state": state }));
    }
    join_all(departed.into_iter().enumerate().map(|(n, body)| {
        let client = world.at(&format!("198.51.100.{}", n % 5));
        async move { client.post(CALLBACK, &body).await }
    }))
    .await
}

async fn rows(world: &World, sk: &str) -> usize {
    let rows = world.dump(&world.table).await;
    let found = rows
        .iter()
        .filter(|item| item["sk"].as_s().unwrap().starts_with(sk));
    found.count()
}

#[tokio::test]
async fn fifty_first_sign_ins_of_one_person_make_one_account() {
    let world = World::new().await;
    let answers = fifty_first_sign_ins(&world).await;
    assert_eq!(won(&answers), 50, "each of them is that person");
    let new = |name: &str| {
        let with = answers
            .iter()
            .filter(|answer| answer.body[name] == json!(true));
        with.count()
    };
    assert_eq!((new("is_new_user"), new("is_new_connection")), (1, 1));
    let people: BTreeSet<String> = answers
        .iter()
        .map(|answer| answer.body["user"]["id"].to_string())
        .collect();
    assert_eq!(people.len(), 1);
    assert_eq!(
        (rows(&world, "PROFILE").await, rows(&world, "LINK#").await),
        (1, 1)
    );
    assert_eq!(rows(&world, "SESSION#").await, 50);
}

#[tokio::test]
async fn fifty_first_sign_ins_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    fifty_first_sign_ins(&world).await;
    assert!(rows(&world, "PROFILE").await > 1);
}

#[tokio::test]
async fn twenty_disconnections_at_once_take_one_link() {
    let world = World::new().await;
    go(&world, &world.anyone(), &ada()).await.expect(200);
    let member = world.anyone().sign_in("ada@example.com").await.client();
    let github = json!({ "provider": "github" });
    let answers = join_all((0..20).map(|_| member.post(super::DISCONNECT, &github))).await;
    assert_eq!(won(&answers), 1);
}
