//! Guessing passwords is slowed down, and keeps no owner out.

use domain::account::Status;
use tests::{Anyone, World};

use super::{ADA, PASSWORD, ada, address, is_signed_in, login};

/// Wrong passwords for ada from as many networks as it takes.
async fn guess(world: &World, count: u32) {
    for n in 0..count {
        let stranger = world.at(&format!("203.0.113.{n}"));
        login(&stranger, ADA, "a wrong guess").await.expect(401);
    }
}

async fn is_let_in(client: &Anyone<'_>) -> u16 {
    login(client, ADA, PASSWORD).await.status
}

#[tokio::test]
async fn strangers_rest_and_known_places_do_not() {
    let world = World::new().await;
    let member = ada(&world.anyone()).await;
    guess(&world, 5).await;
    let rests = login(&world.at("203.0.113.99"), ADA, "a wrong guess").await;
    let rests = rests.expect(429);
    assert_eq!(rests.header("retry-after"), "30");
    assert_eq!(is_let_in(&world.at("203.0.113.98")).await, 429);
    assert_eq!(is_let_in(&world.anyone()).await, 200, "at home");
    assert!(is_signed_in(&member).await, "a rest ends no session");
    let user = world.postern.find_user(&address(ADA)).await.unwrap();
    assert_eq!(user.status, Status::Active);
    let told = world.mail(ADA);
    let told = told.iter().filter(|l| l.subject.contains("guessing"));
    assert_eq!(told.count(), 1);
    world.clock.advance(30);
    login(&world.at("203.0.113.97"), ADA, "a wrong guess")
        .await
        .expect(401);
    world.clock.advance(30);
    assert_eq!(
        is_let_in(&world.at("203.0.113.96")).await,
        429,
        "twice as long"
    );
    world.clock.advance(30);
    assert_eq!(is_let_in(&world.at("203.0.113.96")).await, 200);
    assert_eq!(
        is_let_in(&world.at("203.0.113.95")).await,
        429,
        "a right password of a traveller gives guessers no more tries"
    );
    assert_eq!(is_let_in(&world.at("203.0.113.96")).await, 200, "known now");
}

#[tokio::test]
async fn names_that_nobody_holds_rest_as_well() {
    let world = World::new().await;
    for n in 0..5 {
        let stranger = world.at(&format!("203.0.113.{n}"));
        login(&stranger, "nobody", "a wrong guess")
            .await
            .expect(401);
    }
    let rests = login(&world.at("203.0.113.9"), "nobody", "a wrong guess").await;
    assert_eq!(rests.expect(429).header("retry-after"), "30");
}

#[tokio::test]
async fn a_day_later_all_is_forgotten() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    guess(&world, 5).await;
    world.clock.advance(86_400);
    guess(&world, 2).await;
}

#[tokio::test]
async fn one_place_may_guess_a_hundred_times_a_day_at_everybody() {
    let world = World::new().await;
    let mut wrong = 0;
    for n in 0..110 {
        world.clock.advance(7);
        let name = format!("somebody{n}");
        let answer = login(&world.at("203.0.113.1"), &name, "a wrong guess").await;
        match answer.status {
            401 => wrong += 1,
            429 => assert!(answer.header("retry-after").parse::<u64>().unwrap() > 60),
            other => panic!("{other}"),
        }
    }
    assert_eq!(wrong, 100);
}

#[tokio::test]
async fn a_reset_lets_its_owner_in_while_strangers_rest() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    guess(&world, 5).await;
    let away = world.at("198.51.100.7");
    assert_eq!(is_let_in(&away).await, 429);
    super::ask_for_reset(&away, ADA).await.expect(200);
    let token = super::letter_token(&world, ADA);
    super::reset(&away, &token, super::OTHER).await.expect(200);
    login(&away, ADA, super::OTHER).await.expect(200);
    login(&away, "ada", super::OTHER).await.expect(200);
}
