//! Many at once, one winner. Each race has a twin whose writes have lost their
//! conditions: the twin must fail, or the race proves nothing.

mod api_key;
mod avatar;
mod device;
mod phone;
mod restore;
mod right;
mod service_key;
mod vendor;

use std::collections::BTreeSet;

use futures_util::future::join_all;
use tests::{Answer, World};

use crate::invariants::below_zero;

const ADA: &str = "ada@example.com";

fn won(answers: &[Answer]) -> Vec<&Answer> {
    assert!(
        answers.iter().all(|answer| answer.status < 500),
        "no caller breaks anything"
    );
    answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect()
}

/// 50 callers with the right code for an address, from as many networks as `networks`.
async fn fifty_right_codes(world: &World, networks: u32) -> Vec<Answer> {
    let code = world.code(ADA);
    join_all((0..50).map(|n| {
        let (client, code) = (
            world.at(&format!("198.51.100.{}", n % networks)),
            code.clone(),
        );
        async move { client.verify_code(ADA, &code).await }
    }))
    .await
}

async fn accounts(world: &World) -> usize {
    world
        .dump(&world.table)
        .await
        .iter()
        .filter(|item| item["sk"].as_s().unwrap() == "PROFILE")
        .count()
}

#[tokio::test]
async fn fifty_first_verifications_make_one_account() {
    let world = World::new().await;
    world.anyone().request_code(ADA).await.expect(200);
    let answers = fifty_right_codes(&world, 50).await;
    assert_eq!(won(&answers).len(), 1);
    assert_eq!(accounts(&world).await, 1);
}

#[tokio::test]
async fn fifty_first_verifications_twin_without_conditions() {
    let world = World::new().await;
    world.anyone().request_code(ADA).await.expect(200);
    world.tap.weaken("TransactWriteItems");
    let answers = fifty_right_codes(&world, 50).await;
    assert!(won(&answers).len() > 1);
    assert!(accounts(&world).await > 1);
}

/// How many of fifty right codes of a known address were let in, and the sessions after.
async fn fifty_verifications(world: &World) -> (usize, usize) {
    world.clock.advance(60);
    world.anyone().request_code(ADA).await.expect(200);
    let answers = fifty_right_codes(world, 3).await;
    let rows = world.dump(&world.table).await;
    let sessions = rows
        .iter()
        .filter(|item| item["sk"].as_s().unwrap().starts_with("SESSION#"))
        .count();
    (won(&answers).len(), sessions)
}

#[tokio::test]
async fn fifty_verifications_of_a_known_address_make_one_session() {
    let world = World::new().await;
    world.at("198.51.100.0").sign_in(ADA).await;
    assert_eq!(fifty_verifications(&world).await, (1, 2));
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn fifty_verifications_of_a_known_address_twin_without_conditions() {
    let world = World::new().await;
    world.at("198.51.100.0").sign_in(ADA).await;
    world.tap.weaken("TransactWriteItems");
    let (let_in, sessions) = fifty_verifications(&world).await;
    assert!(let_in > 1 && sessions > 2);
}

/// How many of 200 wrong guesses at once were compared: each that was counted.
async fn compared(world: &World, network: impl Fn(u32) -> String) -> u64 {
    let wrong = world.wrong_code(ADA);
    // An engine in another process, at 3 ms a write, would let 200 at once time out.
    let guesses = if tests::other_engine() { 40 } else { 200 };
    let answers = join_all((0..guesses).map(|n| {
        let (client, wrong) = (world.at(&network(n)), wrong.clone());
        async move { client.verify_code(ADA, &wrong).await }
    }))
    .await;
    assert!(answers.iter().all(|answer| answer.status != 200));
    let rows = world.dump(&world.table).await;
    let row = rows
        .iter()
        .find(|item| item["sk"].as_s().unwrap() == "CODE")
        .unwrap();
    row["strange"].as_m().unwrap()["tries"]
        .as_n()
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn two_hundred_wrong_guesses_at_once_get_five_tries() {
    for networks in [1, 200] {
        let world = World::new().await;
        world.anyone().request_code(ADA).await.expect(200);
        let network = |n: u32| format!("198.51.{}.{}", n % networks / 100, n % networks % 100);
        assert_eq!(
            compared(&world, network).await,
            5,
            "from {networks} networks"
        );
        world
            .at("203.0.113.1")
            .verify_code(ADA, &world.code(ADA))
            .await
            .expect(401);
    }
}

#[tokio::test]
async fn two_hundred_wrong_guesses_twin_without_conditions() {
    let world = World::new().await;
    world.anyone().request_code(ADA).await.expect(200);
    world.tap.weaken("UpdateItem");
    assert!(compared(&world, |n| format!("198.51.100.{n}")).await > 5);
}

async fn fifty_refreshes(world: &World, token: &str) -> Vec<Answer> {
    join_all((0..50).map(|_| {
        let client = world.anyone();
        async move { client.refresh(token).await }
    }))
    .await
}

async fn generation(world: &World) -> String {
    let rows = world.dump(&world.table).await;
    let session = rows
        .iter()
        .find(|item| item["sk"].as_s().unwrap().starts_with("SESSION#"))
        .unwrap();
    session["generation"].as_n().unwrap().clone()
}

#[tokio::test]
async fn fifty_refreshes_of_one_token_have_one_successor() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let answers = fifty_refreshes(&world, &ada.refresh).await;
    let successors: BTreeSet<&str> = won(&answers)
        .iter()
        .map(|answer| answer.str("refresh"))
        .collect();
    assert_eq!((won(&answers).len(), successors.len()), (50, 1));
    assert_eq!(generation(&world).await, "2");
    let next = successors.into_iter().next().unwrap().to_owned();
    world.anyone().refresh(&next).await.expect(200);
}

#[tokio::test]
async fn fifty_refreshes_twin_without_conditions() {
    let world = World::with(&[("POSTERN_REFRESH_GRACE_SECONDS", "0")]).await;
    let ada = world.anyone().sign_in(ADA).await;
    world.tap.weaken("UpdateItem");
    world.tap.clear();
    fifty_refreshes(&world, &ada.refresh).await;
    // Without its condition, each of them believes that it rotated, and none notices the others.
    let update = |call: &tests::Call| call.body["UpdateExpression"].as_str().map(str::to_owned);
    let rotations = world
        .tap
        .calls()
        .iter()
        .filter_map(update)
        .filter(|update| update.contains("generation = :next"))
        .count();
    assert!(rotations > 1);
    let ended = world
        .dump(&world.table)
        .await
        .iter()
        .any(|item| item.contains_key("ended"));
    assert!(
        !ended,
        "without the condition no loser ever learns that it lost"
    );
}

#[tokio::test]
async fn fifty_requests_for_a_code_send_one_letter() {
    let world = World::new().await;
    let answers = join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { client.request_code(ADA).await }
    }))
    .await;
    assert_eq!(won(&answers).len(), 1);
    assert_eq!(world.mail(ADA).len(), 1);
}

#[tokio::test]
async fn fifty_requests_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("PutItem");
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { client.request_code(ADA).await }
    }))
    .await;
    assert!(world.mail(ADA).len() > 1);
}

#[tokio::test]
async fn eight_that_make_a_key_ring_at_once_share_one() {
    let world = World::new().await;
    world
        .db
        .delete_item()
        .table_name(&world.table)
        .set_key(Some(store::key::keyring().attributes()))
        .send()
        .await
        .unwrap();
    let made = (0..8).map(async |seed| {
        let entropy = tests::SeededEntropy::new(seed);
        flows::Postern::make_key_ring(&world.settings, &world.aws, &*world.clock, &entropy)
            .await
            .unwrap();
        world.another_instance(seed).await
    });
    let instances = join_all(made).await;
    let kids: BTreeSet<String> = instances
        .iter()
        .map(flows::Postern::signing_key_id)
        .collect();
    assert_eq!(kids.len(), 1);
}

/// 50 callers from 50 networks, each with what `try_it` sends.
async fn fifty<'w, F: Future<Output = Answer>>(
    world: &'w World,
    try_it: impl Fn(tests::Anyone<'w>, usize) -> F,
) -> Vec<Answer> {
    join_all((0..50).map(|n| try_it(world.at(&format!("198.51.100.{n}")), n))).await
}

/// As many sign-ins of Ada's that wait for a second factor.
async fn waiting(world: &World, count: u128) -> Vec<String> {
    let first = world.anyone().first_factor(world, ADA).await;
    let store = store::Store::new(&world.aws.dynamodb, &world.table, &world.audit_table);
    let known = store.challenge(first.parse().unwrap()).await.unwrap();
    let mut sessions = vec![first];
    for n in 1..count {
        let mut another = known.clone().unwrap();
        another.id = uuid::Uuid::from_u128(n);
        sessions.push(another.id.to_string());
        let begun = store.transaction().begin_challenge(&another).unwrap();
        assert!(matches!(
            begun.commit(world.request_token()).await,
            Ok(store::Commit::Done)
        ));
    }
    sessions
}

/// One 2FA session, shown a right backup code of its own by each caller.
async fn fifty_at_one_session(world: &World) -> Vec<Answer> {
    let app = world.anyone().sign_in(ADA).await.set_up_totp(world).await;
    let session = world.anyone().first_factor(world, ADA).await;
    let (session, codes) = (&session, &app.backup_codes);
    fifty(world, |client, n| async move {
        client.backup_code(session, &codes[n % codes.len()]).await
    })
    .await
}

#[tokio::test]
async fn fifty_right_codes_complete_one_2fa_session_once() {
    let world = World::new().await;
    let answers = fifty_at_one_session(&world).await;
    assert_eq!(won(&answers).len(), 1);
    let rows = world.dump(&world.table).await;
    let factors = rows
        .iter()
        .find(|item| item["sk"].as_s().unwrap() == "MFA#TOTP")
        .unwrap();
    let left = factors["backup_codes"].as_l().unwrap().len();
    assert_eq!(left, 9, "the losers' codes are still good");
}

#[tokio::test]
async fn fifty_right_codes_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    let answers = fifty_at_one_session(&world).await;
    assert!(won(&answers).len() > 1);
}

/// One code of an app or of paper, shown to 50 sessions of its own.
async fn fifty_with_one_code(world: &World, paper: bool) -> Vec<Answer> {
    let app = world.anyone().sign_in(ADA).await.set_up_totp(world).await;
    let sessions = waiting(world, 50).await;
    let (sessions, app, now) = (&sessions, &app, world.now());
    fifty(world, |client, n| async move {
        if paper {
            client.backup_code(&sessions[n], &app.backup_codes[0]).await
        } else {
            client.second_factor(&sessions[n], &app.code(now)).await
        }
    })
    .await
}

#[tokio::test]
async fn fifty_sessions_with_one_code_let_one_in() {
    for paper in [false, true] {
        let world = World::new().await;
        let answers = fifty_with_one_code(&world, paper).await;
        assert_eq!(won(&answers).len(), 1, "backup code: {paper}");
    }
}

#[tokio::test]
async fn fifty_sessions_twin_without_conditions() {
    for paper in [false, true] {
        let world = World::new().await;
        world.tap.weaken("TransactWriteItems");
        let answers = fifty_with_one_code(&world, paper).await;
        assert!(won(&answers).len() > 1, "backup code: {paper}");
    }
}
