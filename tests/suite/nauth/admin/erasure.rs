//! Erasing accounts, as `cargo ctl user erase` does.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::provider::Provider;
use domain::{EmailAddress, Error};
use flows::ErasedAccount;
use serde_json::json;
use tests::{Fault, Visitor, World};

use super::{nothing, root, sub_of};
use crate::auth::{address, ask_for_reset};
use crate::nauth::{PASSWORD, bearing, login, mfa, prove, respond, social};
use crate::storage::texts;

const COUNTESS: &str = "countess-lovelace@example.org";
const FORMER: &str = "augusta-byron@example.net";
const NEXT: &str = "augusta-king@example.net";
const NUMBER: &str = "+4915187654321";
const AWAY: &str = "198.51.100.77";

/// All that may tell who the person is: nothing of it is anything else's in the tests.
const PERSONAL: [&str; 14] = [
    "countess",
    "lovelace",
    "augusta",
    "byron",
    "ockham",
    "5187654321",
    AWAY,
    "203.0.113.99",
    "analytical",
    "example.net",
    "example.org",
    "difference-phone",
    "google-of-hers",
    "mozilla/ada",
];

/// A life that leaves as many kinds of rows as one can.
async fn a_life(world: &World) {
    let here = || world.at("203.0.113.99").header("user-agent", "Mozilla/Ada");
    // Guesses at the address before there is an account.
    here().request_code(FORMER).await.expect(200);
    here().verify_code(FORMER, "0000").await;
    let body = json!({
        "email": FORMER, "password": PASSWORD, "firstName": "Augusta", "lastName": "Byron",
        "username": "countess-ockham", "phone": NUMBER, "metadata": { "engine": "analytical" },
    });
    let waits = here().post("/nauth/signup", &body).await.expect(201);
    let tokens = prove(&here(), waits.str("session"), &world.code(FORMER)).await;
    let mut tokens = tokens.expect(200);
    if let Some(session) = tokens.body["session"].as_str() {
        let code = json!({ "code": world.texted_code(NUMBER) });
        tokens = respond(&here(), session, "VERIFY_PHONE", code)
            .await
            .expect(200);
    }
    let member = bearing(world, &tokens).header("user-agent", "Mozilla/Ada");
    let picture = json!({ "profile_picture": "https://example.org/lovelace.png" });
    member
        .send("PUT", "/auth/profile", &picture)
        .await
        .expect(200);
    let google = local::social::Person::new(FORMER);
    social::sign_in(&here(), Provider::Google, &google)
        .await
        .expect(200);
    social::exchange_token(&here(), FORMER).await;
    // Moves: one that is done, and one that waits.
    member
        .send("PUT", "/auth/profile", &json!({ "email": COUNTESS }))
        .await
        .expect(200);
    let token = json!({ "token": crate::auth::letter_token(world, COUNTESS) });
    member.post("/auth/confirm-email", &token).await.expect(200);
    world.clock.advance(60);
    let tokens = login(&here(), COUNTESS, PASSWORD).await.expect(200);
    let member = bearing(world, &tokens);
    let next = json!({ "email": NEXT });
    member
        .send("PUT", "/nauth/profile", &next)
        .await
        .expect(200);
    mfa::app(world, &member).await;
    member
        .post("/nauth/trust-device", &nothing())
        .await
        .expect(200);
    for at in [AWAY, "203.0.113.99"] {
        login(&world.at(at), COUNTESS, "a wrong guess").await;
        let device = json!({
            "identifier": COUNTESS, "password": PASSWORD, "deviceName": "Difference-Phone",
        });
        world.at(at).post("/nauth/login", &device).await.expect(200);
    }
    ask_for_reset(&here(), COUNTESS).await.expect(200);
    let forgot = json!({ "identifier": COUNTESS });
    here()
        .post("/nauth/forgot-password", &forgot)
        .await
        .expect(200);
    Visitor::open(here(), "/device").await;
    let key = member.get("/cfg/accounts/api-key/").await;
    assert!(key.status == 200 || key.status == 403, "{}", key.text);
}

async fn rows(world: &World) -> Vec<HashMap<String, AttributeValue>> {
    let mut rows = world.dump(&world.table).await;
    rows.extend(world.dump(&world.audit_table).await);
    rows
}

fn told(rows: &[HashMap<String, AttributeValue>]) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for (name, value) in rows.iter().flatten() {
        texts(name, value, &mut values);
    }
    values.retain(|(_, value)| {
        let value = value.to_lowercase();
        PERSONAL.iter().any(|personal| value.contains(personal))
    });
    values
}

#[tokio::test]
async fn no_row_of_either_table_names_the_person() {
    let world = World::new().await;
    let admin = root(&world).await;
    a_life(&world).await;
    let sub = sub_of(&world, COUNTESS).await;
    let before = rows(&world).await;
    assert!(told(&before).len() > 8, "{:?}", told(&before));
    let whose = ErasedAccount::Address(address(COUNTESS));
    let erased = world.postern.erase_user(&whose).await.unwrap();
    assert_eq!(erased.sub.to_string(), sub);
    assert!(erased.rows > 5, "{erased:?}");
    let after = rows(&world).await;
    assert_eq!(told(&after), []);
    // By its name there are that it was, its integer id, and a history without details.
    let named = after.iter().filter(|row| format!("{row:?}").contains(&sub));
    for row in named {
        let (pk, sk) = (row["pk"].as_s().unwrap(), row["sk"].as_s().unwrap());
        let is_history = pk == &format!("ACCOUNT#{sub}");
        let is_left = sk == "PROFILE" || pk.starts_with("CLAIM#uid#");
        assert!(is_history || is_left, "{row:?}");
    }
    let profile = after
        .iter()
        .find(|row| row["pk"].as_s().unwrap() == &format!("USER#{sub}"));
    let profile = profile.unwrap();
    assert_eq!(profile["audit_key"].as_s().unwrap(), "");
    assert!(!profile.contains_key("sealed_email"));
    let path = format!("/nauth/admin/audit/history?sub={sub}");
    admin.get(&path).await.expect(400);
    let (of, all) = (
        flows::HistoryOf::Account(erased.sub),
        flows::AuditQuery::default(),
    );
    let history = world.postern.audit_history(&of, &all, None, 500);
    let history = history.await.unwrap();
    assert!(history.total > 10);
    assert!(history.events.iter().all(|event| event.client.is_none()));
}

#[tokio::test]
async fn what_a_deletion_kept_goes_and_nothing_brings_it_back() {
    let world = World::new().await;
    world.anyone().sign_in(COUNTESS).await;
    let sub = sub_of(&world, COUNTESS).await.parse().unwrap();
    let countess: EmailAddress = address(COUNTESS);
    let whose = ErasedAccount::Address(countess.clone());
    world.postern.delete_user(&countess).await.unwrap();
    let erased = world.postern.erase_user(&whose).await.unwrap();
    assert_eq!(erased.sub, sub);
    for name in [None, Some(sub)] {
        let back = world.postern.restore_user(&countess, name).await;
        assert!(matches!(back, Err(Error::Missing)), "{back:?}");
    }
    let again = world.postern.erase_user(&whose).await;
    assert!(matches!(again, Err(Error::Missing)), "{again:?}");
    // By its name it can be repeated, and harms nobody who has the address now.
    let later = world.anyone().sign_in(COUNTESS).await;
    let whose = ErasedAccount::Sub(sub);
    world.postern.erase_user(&whose).await.unwrap();
    later.profile().await.expect(200);
    world.clock.advance(60);
    world.anyone().sign_in(COUNTESS).await;
}

#[tokio::test]
async fn a_run_that_fails_can_be_repeated_at_every_call() {
    for at in 0.. {
        let world = World::new().await;
        let member = world.anyone().sign_in(COUNTESS).await;
        let bob = world.anyone().sign_in("bob@example.com").await;
        world.tap.clear();
        world.tap.fail_after(at, Fault::Unreachable, u32::MAX);
        let whose = ErasedAccount::Address(address(COUNTESS));
        let first = world.postern.erase_user(&whose).await;
        let done = world.tap.failed().is_none();
        world.tap.heal();
        if first.is_err() {
            world.postern.erase_user(&whose).await.unwrap();
        }
        member.profile().await.expect(401);
        bob.profile().await.expect(200);
        assert_eq!(told(&rows(&world).await), [], "call {at}");
        if done {
            assert!(at > 6, "{at}");
            return;
        }
    }
}
