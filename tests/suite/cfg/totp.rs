//! /cfg/totp

mod backup_codes;
mod devices;
mod disable;
mod setup;
mod verify;
mod verify_backup;

use serde_json::{Value, json};
use tests::{Answer, World};

const ADA: &str = "ada@example.com";

/// Whether an answer is a refusal with this code.
#[track_caller]
fn refused(answer: Answer, status: u16, code: &str) -> Answer {
    let answer = answer.expect(status);
    assert_eq!(answer.str("code"), code, "{}", answer.text);
    assert!(!answer.str("error").is_empty());
    answer
}

/// The kinds of all audit events of the world, in order of time.
async fn events(world: &World) -> Vec<String> {
    let mut rows: Vec<(String, String)> = world
        .dump(&world.audit_table)
        .await
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_s().unwrap().clone();
            (text("sk"), text("kind"))
        })
        .collect();
    rows.sort();
    rows.into_iter().map(|(_, kind)| kind).collect()
}

fn subjects(world: &World) -> Vec<String> {
    let mail = world.mail(ADA);
    mail.iter().map(|letter| letter.subject.clone()).collect()
}

/// Every route that takes six digits answers anything else in the same way.
#[tokio::test]
async fn malformed_codes_are_named() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let id = "5b2a1c7e-9c39-4f0e-8a55-0d1d6f5b8a11";
    for (path, field, more) in [
        ("setup/confirm/", "code", json!({ "device_id": id })),
        ("disable/", "code", json!({})),
        ("backup-codes/regenerate/", "code", json!({})),
        ("verify/", "code", json!({ "session_id": id })),
    ] {
        for (typed, sentence) in [
            (json!("12a456"), "Code must be 6 digits"),
            (
                json!("12345"),
                "Ensure this field has at least 6 characters.",
            ),
            (
                json!("1234567"),
                "Ensure this field has no more than 6 characters.",
            ),
            (json!(""), "This field may not be blank."),
            (Value::Null, "This field may not be null."),
        ] {
            let mut body = more.clone();
            body[field] = typed;
            let path = format!("/cfg/totp/{path}");
            let answer = ada.client().post(&path, &body).await.expect(400);
            assert_eq!(answer.body, json!({ field: [sentence] }), "{path}");
        }
    }
    let required = json!(["This field is required."]);
    let all = world
        .anyone()
        .post("/cfg/totp/verify/backup/", &json!({}))
        .await
        .expect(400);
    assert_eq!(
        all.body,
        json!({ "session_id": required, "backup_code": required })
    );
    let bad = json!({ "session_id": "nonsense", "code": "123456" });
    assert_eq!(
        world
            .anyone()
            .post("/cfg/totp/verify/", &bad)
            .await
            .expect(400)
            .body,
        json!({ "session_id": ["Must be a valid UUID."] })
    );
}

/// Ten codes a minute from one network, over all the routes that take one.
#[tokio::test]
async fn one_place_tries_ten_codes_a_minute() {
    let world = World::new().await;
    let nobody = "5b2a1c7e-9c39-4f0e-8a55-0d1d6f5b8a11";
    for n in 0..10 {
        let answer = if n % 2 == 0 {
            world.anyone().second_factor(nobody, "123456").await
        } else {
            world.anyone().backup_code(nobody, "abcdefgh").await
        };
        refused(answer, 404, "SESSION_NOT_FOUND");
    }
    let limited = world.anyone().second_factor(nobody, "123456").await;
    assert_eq!(
        refused(limited, 429, "RATE_LIMITED").header("retry-after"),
        "60"
    );
    let elsewhere = world.at("192.0.2.9").second_factor(nobody, "123456").await;
    refused(elsewhere, 404, "SESSION_NOT_FOUND");
}

/// From networks that the account does not know, five wrong codes are free, and each
/// further one has to wait longer; its owner's own network has a count of its own, and
/// the owner is told of the fifth.
#[tokio::test]
async fn a_guesser_slows_down_and_keeps_no_owner_out() {
    let world = World::with(&[("POSTERN_OTP_RESEND_COOLDOWN_SECONDS", "0")]).await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    let session = world.anyone().first_factor(&world, ADA).await;
    let next = world.anyone().first_factor(&world, ADA).await;
    for n in 0..5 {
        let network = world.at(&format!("198.51.100.{n}"));
        let wrong = app.wrong_code(world.now());
        refused(
            network.second_factor(&session, &wrong).await,
            400,
            "INVALID_CODE",
        );
    }
    assert!(subjects(&world)[0].contains("trying to get into"));
    let right = app.code(world.now());
    let limited = world
        .at("198.51.100.200")
        .second_factor(&next, &right)
        .await;
    refused(limited, 429, "RATE_LIMITED");
    // The owner, where they signed in from before.
    let right = app.code(world.now());
    let answer = world.anyone().second_factor(&next, &right).await;
    answer.expect(200);
    // A guesser with the owner's mail elsewhere still rests; an unlock ends it.
    world.clock.advance(30);
    let session = world.anyone().first_factor(&world, ADA).await;
    let right = app.code(world.now());
    world
        .postern
        .unlock_user(&domain::EmailAddress::parse(ADA).unwrap())
        .await
        .unwrap();
    let elsewhere = world.at("198.51.100.201");
    elsewhere.second_factor(&session, &right).await.expect(200);
}

/// A holder of a bearer guesses in its session's own count; the owner is told of the
/// fifth wrong code, and an unlock resets the count.
#[tokio::test]
async fn a_guesser_with_a_bearer_is_told_of_and_an_unlock_forgets_it() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    let guess = async |status: u16| {
        let wrong = app.wrong_code(world.now());
        let body = json!({ "code": wrong });
        let answer = ada.client().post("/cfg/totp/disable/", &body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        world.clock.advance(20);
    };
    let told = || {
        let subjects = subjects(&world).into_iter();
        subjects
            .filter(|subject| subject.contains("trying to get into"))
            .count()
    };
    for n in 1..=10 {
        guess(400).await;
        assert_eq!(told(), usize::from(n >= 5), "{n}");
    }
    guess(429).await;
    let address = domain::EmailAddress::parse(ADA).unwrap();
    world.postern.unlock_user(&address).await.unwrap();
    // A process believes for a minute that a count is full.
    world.clock.advance(61);
    guess(400).await;
}
