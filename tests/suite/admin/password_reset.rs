//! POST /admin/password-reset/email-send and /admin/password-reset/{token}

use serde_json::{Value, json};
use tests::{Answer, Anyone, Fault};

use super::{ROOT, login, root, world};
use crate::auth::second_factor::shown;
use crate::auth::{self, OTHER, PASSWORD, letter_token, seen};

pub(super) async fn ask(client: &Anyone<'_>, email: &str) -> Answer {
    let path = "/admin/password-reset/email-send";
    client.post(path, &json!({ "email": email })).await
}

pub(super) async fn confirm(client: &Anyone<'_>, token: &str, password: &str) -> Answer {
    let path = format!("/admin/password-reset/{token}");
    client
        .post(&path, &json!({ "new_password": password }))
        .await
}

#[tokio::test]
async fn a_token_replaces_the_password_once_and_ends_every_session() {
    let world = world().await;
    let root = root(&world).await;
    let asked = ask(&world.anyone(), ROOT).await.expect(200);
    assert!(
        asked
            .body
            .as_object()
            .unwrap()
            .values()
            .all(Value::is_string)
    );
    let token = letter_token(&world, ROOT);
    let done = confirm(&world.anyone(), &token, OTHER).await.expect(200);
    assert!(
        done.body
            .as_object()
            .unwrap()
            .values()
            .all(Value::is_string)
    );
    root.get("/admin/me").await.expect(401);
    login(&world.anyone(), ROOT, PASSWORD).await.expect(400);
    login(&world.anyone(), ROOT, OTHER).await.expect(200);
    let again = confirm(&world.anyone(), &token, PASSWORD).await.expect(410);
    assert_eq!(again.body, json!({ "detail": "Invalid or expired token" }));
}

#[tokio::test]
async fn any_token_that_will_not_do_is_gone() {
    let world = world().await;
    root(&world).await;
    ask(&world.anyone(), ROOT).await.expect(200);
    let late = letter_token(&world, ROOT);
    world.clock.advance(3600);
    let mut looks = Vec::new();
    for token in [
        late.as_str(),
        "x",
        "%00",
        "%FF",
        &"A".repeat(43),
        &"x".repeat(5000),
    ] {
        let answer = confirm(&world.anyone(), token, OTHER).await;
        looks.push((token.len(), seen(&answer)));
    }
    for (length, look) in &looks {
        assert!([404, 410].contains(&look.0), "{length}: {look:?}");
    }
    assert_eq!(looks[0].1, looks[1].1);
    assert_eq!(looks[0].1, looks[4].1);
    let weak = confirm(&world.anyone(), &late, "short").await.expect(422);
    assert_eq!(weak.body["detail"][0]["ctx"], json!({ "min_length": 8 }));
}

#[tokio::test]
async fn a_reset_bypasses_no_second_factor() {
    let world = world().await;
    let root = root(&world).await;
    let set_up = root.post("/admin/mfa/setup", &json!({})).await.expect(200);
    let secret = set_up.str("secret").to_owned();
    let body = json!({ "code": shown(&world, &secret) });
    root.post("/admin/mfa/verify", &body).await.expect(200);
    // Proven, so that this is no first proof, which would end the factor, too.
    world
        .set_user(ROOT, |user| user.email_verified = true)
        .await;
    ask(&world.anyone(), ROOT).await.expect(200);
    let token = letter_token(&world, ROOT);
    confirm(&world.anyone(), &token, OTHER).await.expect(200);
    let waiting = login(&world.anyone(), ROOT, OTHER).await.expect(200);
    assert_eq!(waiting.body["requires_2fa"], json!(true));
}

#[tokio::test]
async fn known_and_unknown_addresses_are_counted_and_answered_alike() {
    let world = world().await;
    root(&world).await;
    auth::register(&world.anyone(), "ada", super::ADA, PASSWORD)
        .await
        .expect(200);
    let mut looks = Vec::new();
    for (n, email) in [ROOT, super::ADA, "nobody@example.com"]
        .into_iter()
        .enumerate()
    {
        let mut look = Vec::new();
        for status in [200, 200, 200, 429] {
            world.tap.clear();
            let network = world.at(&format!("198.51.100.{n}"));
            let answer = ask(&network, email).await.expect(status);
            look.push((seen(&answer), world.tap.cost()));
        }
        looks.push(look);
    }
    assert_eq!(looks[0], looks[1]);
    assert_eq!(looks[0], looks[2]);
    let limited = &looks[0][3].0.1;
    assert_eq!(limited["detail"], limited["error"]);
    world.clock.advance(3600);
    ask(&world.anyone(), ROOT).await.expect(200);
}

#[tokio::test]
async fn a_letter_that_cannot_be_sent_changes_no_answer() {
    let world = world().await;
    root(&world).await;
    let sent = ask(&world.anyone(), ROOT).await.expect(200);
    world.tap.fail("SendEmail", Fault::Rejected, 9);
    let unsent = ask(&world.anyone(), ROOT).await.expect(200);
    assert_eq!(seen(&sent), seen(&unsent));
}

#[tokio::test]
async fn forms_are_closed() {
    let world = world().await;
    let path = "/admin/password-reset/email-send";
    let body = json!({ "email": ROOT, "name": "root" });
    let refused = world.anyone().post(path, &body).await.expect(422);
    assert_eq!(refused.body["detail"][0]["type"], json!("extra_forbidden"));
    for email in ["", "a@", "no address"] {
        ask(&world.anyone(), email).await.expect(422);
    }
    let body = json!({ "new_password": OTHER, "token": "x" });
    let refused = world.anyone().post("/admin/password-reset/x", &body).await;
    assert_eq!(
        refused.expect(422).body["detail"][0]["loc"],
        json!(["body", "token"])
    );
}

#[tokio::test]
async fn one_place_confirms_thirty_times_a_minute() {
    let world = world().await;
    for _ in 0..30 {
        confirm(&world.anyone(), "x", OTHER).await.expect(410);
    }
    confirm(&world.anyone(), "x", OTHER).await.expect(429);
}
