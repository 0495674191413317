//! Many at once, one winner, and twins whose writes have lost their conditions.

use domain::account::Role;
use futures_util::future::join_all;
use serde_json::json;
use tests::{Answer, World};

use super::password_reset::{ask, confirm};
use super::{ROOT, administrator, root, set_role, world};
use crate::auth::second_factor::shown;
use crate::auth::{self, PASSWORD, letter_token};

fn won(answers: &[Answer]) -> usize {
    let broken = answers.iter().find(|answer| answer.status >= 500);
    assert!(broken.is_none(), "{broken:?}");
    answers.iter().filter(|answer| answer.status == 200).count()
}

async fn eight_resets(world: &World) -> Vec<Answer> {
    root(world).await;
    ask(&world.anyone(), ROOT).await.expect(200);
    let token = letter_token(world, ROOT);
    join_all((0..8).map(|n| {
        let (client, token) = (world.at(&format!("198.51.100.{n}")), token.clone());
        async move { confirm(&client, &token, &format!("difference engine no. {n}")).await }
    }))
    .await
}

#[tokio::test]
async fn eight_uses_of_one_reset_token_set_one_password() {
    let world = world().await;
    let answers = eight_resets(&world).await;
    assert_eq!(won(&answers), 1);
    let gone = answers.iter().filter(|answer| answer.status == 410);
    assert_eq!(gone.count(), 7);
}

#[tokio::test]
async fn eight_uses_of_one_reset_token_twin_without_conditions() {
    let world = world().await;
    world.tap.weaken("TransactWriteItems");
    assert!(won(&eight_resets(&world).await) > 1);
}

/// Two administrators who take each other's rights at one moment: what they were
/// told, and how many are left.
async fn mutual_demotion(world: &World) -> (Vec<Answer>, usize) {
    let names = ["ann", "ben"];
    let mut admins = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let network = world.at(&format!("192.0.2.{}", 100 + n));
        admins.push(administrator(&network, &format!("{name}@example.com")).await);
    }
    let answers = join_all([
        set_role(&admins[0], "ben", "user"),
        set_role(&admins[1], "ann", "user"),
    ]);
    let answers = answers.await;
    let mut left = 0;
    for name in names {
        let address = auth::address(&format!("{name}@example.com"));
        let user = world.postern.find_user(&address).await.unwrap();
        left += usize::from(user.role == Role::Admin);
    }
    (answers, left)
}

#[tokio::test]
async fn of_two_administrators_who_demote_each_other_one_is_left() {
    let world = world().await;
    let (answers, left) = mutual_demotion(&world).await;
    assert_eq!((won(&answers), left), (1, 1));
    let refused = answers.iter().find(|answer| answer.status != 200).unwrap();
    assert_eq!(refused.clone().expect(403).str("detail"), "Invalid token");
}

#[tokio::test]
async fn two_administrators_twin_without_conditions() {
    let world = world().await;
    world.tap.weaken("TransactWriteItems");
    let (answers, left) = mutual_demotion(&world).await;
    assert_eq!((won(&answers), left), (2, 0));
}

async fn eight_codes(world: &World) -> Vec<Answer> {
    let admin = root(world).await;
    let set_up = admin.post("/admin/mfa/setup", &json!({})).await.expect(200);
    let secret = set_up.str("secret").to_owned();
    let body = json!({ "code": shown(world, &secret) });
    let answer = admin.post("/admin/mfa/verify", &body).await.expect(200);
    world.clock.advance(30);
    let body = json!({ "code": shown(world, &secret) });
    join_all((0..8).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let client = client.bearing(answer.str("access_token"));
        let body = body.clone();
        async move { client.post("/admin/mfa/verify", &body).await }
    }))
    .await
}

#[tokio::test]
async fn eight_uses_of_one_code_step_up_once() {
    let world = world().await;
    let answers = eight_codes(&world).await;
    assert_eq!(won(&answers), 1);
    let wrong = answers.iter().filter(|answer| answer.status == 401);
    assert_eq!(wrong.count(), 7);
}

#[tokio::test]
async fn eight_uses_of_one_code_twin_without_conditions() {
    let world = world().await;
    world.tap.weaken("TransactWriteItems");
    assert!(won(&eight_codes(&world).await) > 1);
}

#[tokio::test]
async fn a_role_change_outruns_no_refresh_and_no_refresh_outlives_it() {
    let world = world().await;
    let root = root(&world).await;
    let mut refreshes = Vec::new();
    for n in 0..6 {
        let (network, name) = (world.at(&format!("192.0.2.{n}")), format!("person{n}"));
        let email = format!("{name}@example.com");
        auth::register(&network, &name, &email, PASSWORD)
            .await
            .expect(200);
        world.prove(&email).await;
        let answer = auth::login(&network, &email, PASSWORD).await.expect(200);
        refreshes.push((name, network, answer.str("refresh_token").to_owned()));
    }
    let both = refreshes.iter().map(|(name, network, refresh)| {
        let (body, root) = (json!({ "refresh_token": refresh }), root.clone());
        async move {
            tokio::join!(
                network.post("/auth/token-refresh", &body),
                set_role(&root, name, "operator"),
            )
        }
    });
    for ((name, network, refresh), (refreshed, changed)) in
        refreshes.iter().zip(join_all(both).await)
    {
        changed.expect(200);
        let address = auth::address(&format!("{name}@example.com"));
        let user = world.postern.find_user(&address).await.unwrap();
        assert_eq!(user.role, Role::Operator, "no write was lost");
        if refreshed.status == 200 {
            let bearer = network.clone().bearing(refreshed.str("access_token"));
            assert!(!auth::is_signed_in(&bearer).await);
        }
        let body = json!({ "refresh_token": refresh });
        network.post("/auth/token-refresh", &body).await.expect(401);
    }
}
