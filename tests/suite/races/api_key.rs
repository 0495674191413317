//! First looks at an API key, and regenerations of one.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use tests::{Answer, Member, World};

use super::{ADA, won};

const READ: &str = "/cfg/accounts/api-key/";
const REGENERATE: &str = "/cfg/accounts/api-key/regenerate/";

/// Rows by which a key is found.
async fn key_rows(world: &World) -> usize {
    let rows = world.dump(&world.table).await;
    rows.iter()
        .filter(|row| row["sk"].as_s().unwrap() == "KEY")
        .count()
}

async fn fifty_first_looks(ada: &Member<'_>) -> Vec<Answer> {
    let look = || async { ada.client().get(READ).await };
    join_all((0..50).map(|_| look())).await
}

#[tokio::test]
async fn fifty_first_looks_make_one_key() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let answers = fifty_first_looks(&ada).await;
    let masks: BTreeSet<&str> = answers.iter().map(|answer| answer.str("key")).collect();
    assert_eq!((won(&answers).len(), masks.len()), (50, 1));
    assert_eq!(key_rows(&world).await, 1);
}

#[tokio::test]
async fn fifty_first_looks_twin_without_conditions() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.tap.weaken("TransactWriteItems");
    fifty_first_looks(&ada).await;
    assert!(key_rows(&world).await > 1);
}

/// 20 regenerations at once; the keys that were shown.
async fn twenty_regenerations(ada: &Member<'_>) -> Vec<String> {
    let regenerate = || async { ada.client().post(REGENERATE, &json!({})).await };
    let answers = join_all((0..20).map(|_| regenerate())).await;
    let lost = |answer: &&Answer| answer.status == 409;
    let (winners, losers) = (won(&answers), answers.iter().filter(lost).count());
    assert_eq!(winners.len() + losers, 20, "a winner or told so");
    let keys = winners.iter().map(|answer| answer.str("key").to_owned());
    keys.collect()
}

/// How many of `keys` work.
async fn working(world: &World, keys: &[String]) -> usize {
    let tried = keys.iter().map(|key| async {
        let holder = world.anyone().header("x-api-key", key);
        holder.get(READ).await.status == 200
    });
    join_all(tried).await.into_iter().filter(|ok| *ok).count()
}

#[tokio::test]
async fn twenty_regenerations_leave_one_key_and_tell_it_to_one() {
    for first_look in [false, true] {
        let world = World::new().await;
        let ada = world.anyone().sign_in(ADA).await;
        if first_look {
            ada.client().get(READ).await.expect(200);
        }
        let keys = twenty_regenerations(&ada).await;
        assert_eq!((keys.len(), working(&world, &keys).await), (1, 1));
        assert_eq!(key_rows(&world).await, 1);
        let letters = world.mail(ADA);
        let told = letters
            .iter()
            .filter(|letter| letter.subject.contains("API key"));
        assert_eq!(told.count(), 1);
    }
}

#[tokio::test]
async fn twenty_regenerations_twin_without_conditions() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.tap.weaken("TransactWriteItems");
    let keys = twenty_regenerations(&ada).await;
    assert!(keys.len() > 1);
    assert!(key_rows(&world).await > 1);
}

#[tokio::test]
async fn a_regeneration_that_only_an_edit_came_between_goes_on() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let (client, nothing) = (ada.client(), json!({}));
    let edits = (0..3).map(|n| {
        let client = client.clone();
        async move {
            let edit = json!({ "company": format!("E{n}") });
            let path = "/cfg/accounts/profile/update/";
            client.send("PATCH", path, &edit).await
        }
    });
    let (issued, _) = tokio::join!(client.post(REGENERATE, &nothing), join_all(edits));
    issued.expect(200);
}
