//! Notices that could not be sent: they wait at the account, and go when it is next used.

use serde_json::json;
use tests::{Anyone, Fault, World};

use crate::auth::{PASSWORD, login, register};

const ADA: &str = "ada@example.com";

/// Ada, who signs in by password alone, with a session.
async fn ada(world: &World) -> Anyone<'_> {
    let client = world.anyone();
    register(&client, "ada", ADA, PASSWORD).await.expect(200);
    world.prove(ADA).await;
    signed_in(world).await
}

async fn signed_in(world: &World) -> Anyone<'_> {
    let client = world.anyone();
    let answer = login(&client, ADA, PASSWORD).await.expect(200);
    client.bearing(answer.str("access_token"))
}

async fn new_key(ada: &Anyone<'_>) {
    let path = "/cfg/accounts/api-key/regenerate/";
    ada.post(path, &json!({})).await.expect(200);
}

/// Letters that ada got about something.
fn about(world: &World, subject: &str) -> usize {
    let letters = world.mail(ADA).into_iter();
    letters
        .filter(|letter| letter.subject.contains(subject))
        .count()
}

/// Letters that she got about new keys.
fn told(world: &World) -> usize {
    about(world, "New API key")
}

async fn wait(world: &World) -> bool {
    let address = crate::auth::address(ADA);
    world
        .postern
        .find_user(&address)
        .await
        .unwrap()
        .notices_wait
}

#[tokio::test]
async fn what_a_days_budget_leaves_goes_with_the_next_days_sign_ins_by_password() {
    let world = World::new().await;
    ada(&world).await;
    // An intruder has the password, and fills the owner's mailbox before the real attack.
    let from = async |n: u8| {
        let client = world.at(&format!("203.0.113.{n}"));
        let answer = login(&client, ADA, PASSWORD).await.expect(200);
        client.bearing(answer.str("access_token"))
    };
    for n in 0..53 {
        from(n).await;
    }
    new_key(&from(52).await).await;
    assert_eq!(about(&world, "New sign-in"), 50, "no more on one day");
    assert_eq!((told(&world), wait(&world).await), (0, true));
    world.clock.advance(86_400);
    let mut after = Vec::new();
    for _ in 0..3 {
        from(52).await;
        after.push((
            about(&world, "New sign-in"),
            told(&world),
            wait(&world).await,
        ));
    }
    assert_eq!(after, [(53, 0, true), (53, 1, false), (53, 1, false)]);
}

#[tokio::test]
async fn an_account_without_any_pays_nothing_for_it() {
    let world = World::new().await;
    let bearer = ada(&world).await;
    let trips = async || {
        world.clock.advance(600);
        world.tap.clear();
        login(&world.anyone(), ADA, PASSWORD).await.expect(200);
        world.tap.trips()
    };
    let before = trips().await;
    world.tap.fail("SendEmail", Fault::Unreachable, 8);
    new_key(&bearer).await;
    assert_eq!((told(&world), wait(&world).await), (0, true));
    world.tap.heal();
    assert!(trips().await > before);
    assert_eq!((told(&world), wait(&world).await), (1, false));
    assert_eq!(trips().await, before);
}

#[tokio::test]
async fn a_sign_in_does_not_fail_by_them() {
    let world = World::new().await;
    let bearer = ada(&world).await;
    world.tap.fail("SendEmail", Fault::Unreachable, 100);
    new_key(&bearer).await;
    signed_in(&world).await;
    assert_eq!((told(&world), wait(&world).await), (0, true));
    world.tap.heal();
    signed_in(&world).await;
    assert_eq!((told(&world), wait(&world).await), (1, false));
}

#[tokio::test]
async fn they_go_with_the_second_factor_and_not_before_it() {
    let world = World::new().await;
    let client = world.anyone();
    let member = client.sign_in(ADA).await;
    let app = member.set_up_totp(&world).await;
    world.clock.advance(60);
    let session = client.first_factor(&world, ADA).await;
    // A notice is due between the factors.
    world.tap.fail("SendEmail", Fault::Unreachable, 8);
    let code = app.code(world.now());
    let body = json!({ "code": code });
    let path = "/cfg/totp/backup-codes/regenerate/";
    member.client().post(path, &body).await.expect(200);
    world.tap.heal();
    assert!(wait(&world).await);
    world.clock.advance(30);
    let renewed = |world| about(world, "backup codes");
    assert_eq!(renewed(&world), 0);
    let code = app.code(world.now());
    client.second_factor(&session, &code).await.expect(200);
    assert_eq!((renewed(&world), wait(&world).await), (1, false));
}

#[tokio::test]
async fn a_moved_address_is_told_where_the_account_was_however_late() {
    const NEXT: &str = "ada@example.org";
    let world = World::new().await;
    let ada = ada(&world).await;
    let next = json!({ "email": NEXT });
    ada.send("PUT", "/auth/profile", &next).await.expect(200);
    let body = json!({ "token": crate::auth::letter_token(&world, NEXT) });
    world.tap.fail("SendEmail", Fault::Unreachable, 8);
    ada.post("/auth/confirm-email", &body).await.expect(200);
    world.tap.heal();
    assert_eq!(about(&world, "another address"), 0);
    // The caller who moved it signs in, and reads nothing that was the owner's to read.
    world.anyone().sign_in(NEXT).await;
    let there = world.mail(NEXT);
    let moved = there
        .iter()
        .filter(|letter| letter.subject.contains("another address"));
    assert_eq!((about(&world, "another address"), moved.count()), (1, 0));
}

#[tokio::test]
async fn sign_ins_leave_room_for_what_they_lead_to() {
    let world = World::new().await;
    ada(&world).await;
    world.tap.fail("SendEmail", Fault::Unreachable, 1000);
    let mut last = None;
    for n in 0..60 {
        let client = world.at(&format!("203.0.113.{n}"));
        let answer = login(&client, ADA, PASSWORD).await.expect(200);
        last = Some(client.bearing(answer.str("access_token")));
    }
    new_key(&last.unwrap()).await;
    world.tap.heal();
    for _ in 0..9 {
        world.clock.advance(86_400);
        signed_in(&world).await;
    }
    assert_eq!((told(&world), wait(&world).await), (1, false));
}

#[tokio::test]
async fn what_waits_for_an_unproven_address_stays_a_strangers_letter_once_the_account_has_moved() {
    const NEXT: &str = "mallory@example.org";
    let world = World::new().await;
    let from = |n: u8| world.at(&format!("203.0.113.{n}"));
    register(&from(0), "mallory", ADA, PASSWORD)
        .await
        .expect(200);
    world.tap.fail("SendEmail", Fault::Unreachable, 1000);
    for n in 0..15 {
        login(&from(n), ADA, PASSWORD).await.expect(200);
    }
    world.tap.heal();
    world.clock.advance(86_400);
    let before = world.mail(ADA).len();
    let answer = login(&from(0), ADA, PASSWORD).await.expect(200);
    let mallory = from(0).bearing(answer.str("access_token"));
    let next = json!({ "email": NEXT });
    mallory
        .send("PUT", "/auth/profile", &next)
        .await
        .expect(200);
    let body = json!({ "token": crate::auth::letter_token(&world, NEXT) });
    mallory.post("/auth/confirm-email", &body).await.expect(200);
    for _ in 0..6 {
        login(&from(0), NEXT, PASSWORD).await.expect(200);
    }
    assert_eq!(
        world.mail(ADA).len() - before,
        10,
        "a recipient's share of a day"
    );
}

#[tokio::test]
async fn nothing_waits_at_an_account_that_is_deleted() {
    let world = World::new().await;
    let ada = ada(&world).await;
    world.tap.fail("SendEmail", Fault::Unreachable, 8);
    new_key(&ada).await;
    world.tap.heal();
    let rows = async || {
        let rows = format!("{:?}", world.dump(&world.table).await);
        rows.matches("\"NOTICES\"").count()
    };
    assert_eq!(rows().await, 1);
    let path = "/cfg/accounts/profile/delete/";
    ada.post(path, &json!({})).await.expect(200);
    assert_eq!(rows().await, 0);
}

#[tokio::test]
async fn one_network_brings_about_so_many_notices_a_day_and_the_others_wait() {
    use domain::letter_budget::{FIRST_NOTICES, NOTICES_PER_NETWORK};
    let world = World::new().await;
    let bearer = ada(&world).await;
    let store = store::Store::new(&world.aws.dynamodb, &world.table, &world.audit_table);
    // Its first news; a digest stands for the network.
    new_key(&bearer).await;
    let counter = format!("RATE#{}#", NOTICES_PER_NETWORK.name);
    let rows = world.dump(&world.table).await;
    let mut counted = rows.iter().filter_map(|row| row["pk"].as_s().ok());
    let here = counted.find_map(|pk| pk.strip_prefix(&counter)).unwrap();
    for _ in 0..NOTICES_PER_NETWORK.budget {
        let _ = store.hit(&NOTICES_PER_NETWORK, here, world.now()).await;
    }
    let before = world.mail(ADA).len();
    // Others of the network have used it up: an account's first news go out all the same.
    let mut keys = 1;
    while !wait(&world).await {
        world.clock.advance(1);
        new_key(&bearer).await;
        keys += 1;
    }
    let at_once = keys - 1;
    assert!((3..=FIRST_NOTICES as usize).contains(&at_once), "{at_once}");
    assert_eq!(
        (told(&world), world.mail(ADA).len() - before),
        (at_once, at_once - 1)
    );
    // Elsewhere there is room.
    let client = world.at("198.51.100.77");
    login(&client, ADA, PASSWORD).await.expect(200);
    assert_eq!((told(&world), wait(&world).await), (keys, false));
}

#[tokio::test]
async fn notices_leave_a_tenth_of_the_day_for_codes() {
    let world = World::with(&[("POSTERN_MAIL_DAILY_BUDGET", "20")]).await;
    let bearer = ada(&world).await;
    let sent = world.inbox.messages(None).len();
    for _ in sent..18 {
        world.clock.advance(1);
        new_key(&bearer).await;
    }
    assert!(!wait(&world).await);
    new_key(&bearer).await;
    assert!(wait(&world).await, "the nineteenth waits");
    world.anyone().request_code(ADA).await.expect(200);
}

#[tokio::test]
async fn another_name_number_or_provider_is_told_to_the_owner() {
    let world = World::new().await;
    let ada = ada(&world).await;
    let name = json!({ "username": "countess" });
    ada.send("PUT", "/auth/profile", &name).await.expect(200);
    assert_eq!(about(&world, "another username"), 1);
    let number = json!({ "phone": "+14155550001" });
    ada.send("PUT", "/nauth/profile", &number).await.expect(200);
    assert_eq!(about(&world, "another telephone number"), 1);
    let person = local::github::Person::new("ada", ADA);
    crate::cfg::accounts::oauth::go(&world, &world.anyone(), &person)
        .await
        .expect(200);
    assert_eq!(about(&world, "GitHub signs in"), 1);
    let github = json!({ "provider": "github" });
    let path = "/cfg/accounts/oauth/disconnect/";
    ada.post(path, &github).await.expect(200);
    assert_eq!(about(&world, "GitHub does not sign in"), 1);
}
