//! One state and one token, by fifty at once.

use domain::provider::Provider::Google;
use futures_util::future::join_all;
use local::social::{Person, Request};
use tests::{Answer, World};

use super::super::ADA;
use super::{approved, come_back, depart, exchange, location, parameter, sign_in};

fn unbroken(answers: &[Answer]) {
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
}

fn won(answers: &[Answer], status: u16) -> usize {
    unbroken(answers);
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .count()
}

/// One state, brought back by 50 callers, each with a good code of its own.
async fn fifty_returns(world: &World) -> Vec<Answer> {
    let url = depart(&world.anyone(), Google, "").await;
    let person = Person::new(ADA);
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let back = approved(world, Google, &url, &person);
        async move { client.get(&back).await }
    }))
    .await
}

#[tokio::test]
async fn fifty_returns_of_one_state_go_on_once() {
    let world = World::new().await;
    assert_eq!(won(&fifty_returns(&world).await, 302), 1);
    assert_eq!(
        world.social.traded(),
        1,
        "the provider is asked by one of them"
    );
}

#[tokio::test]
async fn fifty_returns_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("UpdateItem");
    assert!(won(&fifty_returns(&world).await, 302) > 1);
}

/// One token, exchanged by 50 callers at five networks.
async fn fifty_exchanges(world: &World) -> Vec<Answer> {
    let person = Person::new(ADA);
    // Of an account that there is: to make one fifty times would be another race.
    sign_in(&world.anyone(), Google, &person).await.expect(200);
    let back = location(&come_back(&world.anyone(), Google, "", &person).await);
    let token = parameter(&back, "exchangeToken").unwrap();
    let token = token.as_str();
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{}", n % 5));
        async move { exchange(&client, token).await }
    }))
    .await
}

#[tokio::test]
async fn fifty_exchanges_of_one_token_sign_in_once() {
    let world = World::new().await;
    assert_eq!(won(&fifty_exchanges(&world).await, 200), 1);
}

#[tokio::test]
async fn fifty_exchanges_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("UpdateItem");
    assert!(won(&fifty_exchanges(&world).await, 200) > 1);
}

/// Two first sign-ins of one person, each with its own state.
#[tokio::test]
async fn first_sign_ins_at_once_are_of_one_account() {
    let world = World::new().await;
    let person = Person::new(ADA);
    let mut tokens = Vec::new();
    for _ in 0..8 {
        let url = depart(&world.anyone(), Google, "").await;
        assert!(Request::of(&url).is_some());
        let back = world
            .anyone()
            .get(&approved(&world, Google, &url, &person))
            .await;
        tokens.push(parameter(&location(&back), "exchangeToken").unwrap());
    }
    let answers = join_all(tokens.iter().enumerate().map(|(n, token)| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { exchange(&client, token).await }
    }))
    .await;
    assert_eq!(won(&answers, 200), 8);
    let subs: std::collections::BTreeSet<&str> =
        answers.iter().map(|answer| answer.str("sub")).collect();
    assert_eq!(subs.len(), 1);
}
