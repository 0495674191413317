//! One code by text message, tried by many.

use futures_util::future::join_all;
use tests::{Answer, World};

use super::{accounts, won};
use crate::auth::phone::{PHONE, ask, verify};

/// Fifty callers with the right code, from as many networks as `networks`.
async fn fifty_right_codes(world: &World, networks: u32) -> Vec<Answer> {
    let code = world.texted_code(PHONE);
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{}", n % networks));
        let code = code.clone();
        async move { verify(&client, PHONE, &code).await }
    }))
    .await
}

#[tokio::test]
async fn fifty_first_codes_of_a_number_make_one_account() {
    let world = World::new().await;
    ask(&world.anyone(), PHONE).await.expect(200);
    let answers = fifty_right_codes(&world, 50).await;
    assert_eq!(won(&answers).len(), 1);
    assert_eq!(accounts(&world).await, 1);
}

#[tokio::test]
async fn fifty_first_codes_twin_without_conditions() {
    let world = World::new().await;
    ask(&world.anyone(), PHONE).await.expect(200);
    world.tap.weaken("TransactWriteItems");
    let answers = fifty_right_codes(&world, 50).await;
    assert!(won(&answers).len() > 1);
    assert!(accounts(&world).await > 1);
}

/// How many of a hundred wrong codes at once were compared.
async fn compared(world: &World) -> String {
    ask(&world.anyone(), PHONE).await.expect(200);
    let right = world.texted_code(PHONE);
    let guesses = (0..100u32).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let wrong = format!("{n:06}");
        let right = right.clone();
        async move {
            if wrong != right {
                verify(&client, PHONE, &wrong).await.expect(401);
            }
        }
    });
    join_all(guesses).await;
    let rows = world.dump(&world.table).await;
    let row = rows.iter().find(|row| row["sk"].as_s().unwrap() == "CODE");
    let attempts = row.unwrap()["strange"].as_m().unwrap();
    attempts["tries"].as_n().unwrap().clone()
}

#[tokio::test]
async fn a_hundred_wrong_codes_at_once_get_five_tries() {
    let world = World::new().await;
    assert_eq!(compared(&world).await, "5");
    let code = world.texted_code(PHONE);
    let late = verify(&world.at("203.0.113.1"), PHONE, &code).await;
    assert_eq!(late.status, 401);
}

#[tokio::test]
async fn a_hundred_wrong_codes_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("UpdateItem");
    assert_ne!(compared(&world).await, "5");
}
