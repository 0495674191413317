//! Many callers at once, of whom one may win; each with a twin without conditions, which
//! shows that the race can be lost.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Answer, World};

use super::passkeys::{eight_registrations, fifty_passkeys};
use super::{ADA, NEXT_PASSWORD, PASSWORD, ada, bearing, login, prove, refused, respond, sign_up};
use crate::invariants::{below_zero, miscounted};

fn won(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status < 300).count()
}

fn unbroken(answers: &[Answer]) {
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
}

/// Six, as each of them hashes a password, which an unoptimized build takes its time for.
async fn six_sign_ups(world: &World) -> Vec<Answer> {
    join_all((0..6).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { sign_up(&client, ADA).await }
    }))
    .await
}

/// The accounts that hold the address, by their rows.
async fn accounts(world: &World) -> usize {
    let rows = world.dump(&world.table).await;
    let live = rows.iter().filter(|row| {
        let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok());
        text("sk").is_some_and(|sk| sk == "PROFILE")
            && text("email").is_some_and(|email| email == ADA)
    });
    live.count()
}

#[tokio::test]
async fn six_sign_ups_of_one_address_leave_one_account_that_can_be_proven() {
    let world = World::new().await;
    let answers = six_sign_ups(&world).await;
    // Nobody has proven the address: each replaces the one before.
    assert_eq!(won(&answers), 6, "{answers:?}");
    assert_eq!(accounts(&world).await, 1);
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
    assert_eq!(miscounted(&world).await, Vec::<String>::new());
    assert_eq!(world.mail(ADA).len(), 6, "whoever waits was sent a letter");
    // Letters may arrive in another order than accounts were replaced in.
    let sub = world
        .postern
        .find_user(&crate::auth::address(ADA))
        .await
        .unwrap()
        .sub
        .to_string();
    let last = answers
        .iter()
        .find(|answer| answer.str("sub") == sub)
        .unwrap();
    let body = json!({ "session": last.str("session") });
    world.clock.advance(61);
    world
        .anyone()
        .post("/nauth/challenge/resend", &body)
        .await
        .expect(200);
    prove(&world.anyone(), last.str("session"), &world.code(ADA))
        .await
        .expect(200);
}

#[tokio::test]
async fn of_fifty_sign_ups_of_one_address_an_hours_worth_are_admitted() {
    let world = World::new().await;
    let answers = join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { sign_up(&client, ADA).await }
    }))
    .await;
    unbroken(&answers);
    assert_eq!(won(&answers), 6);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        refused(answer, 429, "RATE_LIMIT_EMAIL");
    }
    assert_eq!(accounts(&world).await, 1);
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn sign_ups_without_verification_hand_out_tokens_of_one_account() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "none")]).await;
    let answers = six_sign_ups(&world).await;
    unbroken(&answers);
    assert_eq!(won(&answers), 1, "{answers:?}");
    let winner = answers.iter().find(|answer| answer.status == 201).unwrap();
    let profile = bearing(&world, winner)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert_eq!(profile.str("email"), ADA);
    assert_eq!(accounts(&world).await, 1);
}

#[tokio::test]
async fn sign_ups_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    six_sign_ups(&world).await;
    assert!(accounts(&world).await > 1);
}

/// Two of ada's sign-ins answer one challenge of this kind at one moment.
async fn two_answers(world: &World, session: &str, kind: &str, answers: [Value; 2]) -> Vec<Answer> {
    join_all(answers.into_iter().enumerate().map(|(n, answer)| {
        let client = world.at(&format!("198.51.100.{n}"));
        async move { respond(&client, session, kind, answer).await }
    }))
    .await
}

#[tokio::test]
async fn who_loses_a_race_hears_that_the_challenge_is_done() {
    let world = World::new().await;
    ada(&world).await;
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let other = |n: u32| json!({ "newPassword": format!("{NEXT_PASSWORD} {n}") });
    let kind = "FORCE_CHANGE_PASSWORD";
    let changed = two_answers(&world, waits.str("session"), kind, [other(1), other(2)]).await;
    assert_eq!(won(&changed), 1, "{changed:?}");
    let lost = changed.iter().find(|answer| answer.status != 200).unwrap();
    refused(lost, 400, "CHALLENGE_ALREADY_COMPLETED");
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    let password = if changed[0].status == 200 {
        format!("{NEXT_PASSWORD} 1")
    } else {
        format!("{NEXT_PASSWORD} 2")
    };
    let waits = login(&world.anyone(), ADA, &password).await.expect(200);
    let code = json!({ "method": "totp", "code": app.code(world.now()) });
    let shown = two_answers(
        &world,
        waits.str("session"),
        "MFA_REQUIRED",
        [code.clone(), code],
    )
    .await;
    assert_eq!(won(&shown), 1, "{shown:?}");
    let lost = shown.iter().find(|answer| answer.status != 200).unwrap();
    refused(lost, 400, "CHALLENGE_ALREADY_COMPLETED");
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
    assert!(several_win(async |world| won(&fifty_proofs(world).await)).await);
}

async fn fifty_backup_codes(world: &World) -> Vec<Answer> {
    let tokens = ada(world).await;
    let client = bearing(world, &tokens);
    super::mfa::app(world, &client).await;
    let path = "/nauth/mfa/backup-codes/generate";
    let made = client.post(path, &json!({})).await.expect(200);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let (session, code) = (
        waits.str("session").to_owned(),
        made.body["codes"][0].clone(),
    );
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let answer = json!({ "method": "backup", "code": code });
        let session = session.clone();
        async move { respond(&client, &session, "MFA_REQUIRED", answer).await }
    }))
    .await
}

#[tokio::test]
async fn one_of_fifty_who_show_a_backup_code_wins() {
    let world = World::new().await;
    let answers = fifty_backup_codes(&world).await;
    unbroken(&answers);
    assert_eq!(won(&answers), 1);
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn backup_codes_twin_without_conditions() {
    assert!(several_win(async |world| won(&fifty_backup_codes(world).await)).await);
}

#[tokio::test]
async fn one_of_fifty_who_show_a_passkey_wins() {
    let world = World::new().await;
    let answers = fifty_passkeys(&world).await;
    unbroken(&answers);
    assert_eq!(won(&answers), 1);
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn passkeys_twin_without_conditions() {
    assert!(several_win(async |world| won(&fifty_passkeys(world).await)).await);
}

#[tokio::test]
async fn one_of_many_who_make_a_passkey_in_one_ceremony_wins() {
    let world = World::new().await;
    let (answers, devices) = eight_registrations(&world).await;
    unbroken(&answers);
    assert_eq!((won(&answers), devices), (1, 1), "{answers:?}");
}

#[tokio::test]
async fn one_of_many_who_confirm_a_factor_puts_it_in_force() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let client = bearing(&world, &tokens);
    let begun = json!({ "methodName": "totp" });
    let begun = client
        .post("/nauth/mfa/setup-data", &begun)
        .await
        .expect(200);
    let secret = begun.body["setupData"]["secret"].as_str().unwrap();
    let code = crate::auth::second_factor::shown(&world, secret);
    let body = json!({ "methodName": "totp", "setupData": { "code": code } });
    let answers = join_all((0..8).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let client = client.bearing(tokens.str("accessToken"));
        let body = body.clone();
        async move { client.post("/nauth/mfa/verify-setup", &body).await }
    }))
    .await;
    unbroken(&answers);
    assert_eq!(won(&answers), 1, "{answers:?}");
    let devices = client.get("/nauth/mfa/devices").await.expect(200);
    assert_eq!(devices.body["devices"].as_array().unwrap().len(), 1);
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
    assert!(several_win(async |world| won(&fifty_resets(world).await)).await);
}

/// Whether a race without conditions has several winners: on a machine that is busy its
/// runners may come one after the other, so it is run a few times.
async fn several_win(race: impl AsyncFn(&World) -> usize) -> bool {
    for _ in 0..5 {
        let world = World::new().await;
        world.tap.weaken("TransactWriteItems");
        world.tap.weaken("UpdateItem");
        if race(&world).await > 1 {
            return true;
        }
    }
    false
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

/// One session asks fifty times at once to trust its device. The tokens that it got, and
/// the devices that the table has by then.
async fn fifty_trusts(world: &World) -> (Vec<String>, usize) {
    let member = bearing(world, &ada(world).await);
    let answers = join_all((0..50).map(|_| {
        let member = member.clone();
        async move { member.post("/nauth/trust-device", &json!({})).await }
    }))
    .await;
    unbroken(&answers);
    let tokens = answers.iter().filter(|answer| answer.status == 200);
    let mut tokens: Vec<String> = tokens.map(|a| a.str("deviceToken").to_owned()).collect();
    tokens.sort();
    tokens.dedup();
    let rows = world.dump(&world.table).await;
    let devices = rows.iter().filter(|row| {
        let sk = row.get("sk").and_then(|value| value.as_s().ok());
        sk.is_some_and(|sk| sk.starts_with("TRUST#"))
    });
    (tokens, devices.count())
}

#[tokio::test]
async fn fifty_wishes_to_trust_a_device_get_one_token() {
    let world = World::new().await;
    let (tokens, devices) = fifty_trusts(&world).await;
    assert_eq!((tokens.len(), devices), (1, 1));
}

#[tokio::test]
async fn wishes_to_trust_twin_without_conditions() {
    assert!(several_win(async |world| fifty_trusts(world).await.1).await);
}
