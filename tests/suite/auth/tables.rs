//! What the family leaves in the tables, and what its role may do.

use std::collections::BTreeSet;

use domain::account::Role;
use serde_json::json;
use tests::{Visitor, World};

use super::phone::{self, PHONE};
use super::{
    ADA, OTHER, PASSWORD, ada, ask_for_reset, confirm_page, firebase, letter_token, login,
    register, reset,
};
use crate::storage::{actions, granted, texts};

/// A user does everything that the family offers: what must stay secret.
async fn everything(world: &World) -> Vec<String> {
    let mut secrets = vec![PASSWORD.to_owned(), OTHER.to_owned()];
    let client = world.anyone();
    let mut member = ada(&client).await;
    register(&client, "ada", "other@example.com", PASSWORD)
        .await
        .expect(400);
    for n in 0..6 {
        let stranger = world.at(&format!("203.0.113.{n}"));
        login(&stranger, ADA, "a wrong guess").await;
    }
    login(&client, "nobody@example.com", PASSWORD)
        .await
        .expect(401);
    let answer = login(&world.at("198.51.100.7"), "nobody", PASSWORD).await;
    answer.expect(401);
    let answer = login(&client, "ada", PASSWORD).await.expect(200);
    secrets.push(answer.str("access_token").to_owned());
    let body = json!({ "refresh_token": answer.str("refresh_token") });
    let next = client.post("/auth/token-refresh", &body).await.expect(200);
    secrets.push(next.str("refresh_token").to_owned());
    let listed = member.get("/auth/sessions").await.expect(200);
    // By name: both began in one second, and their order within it is not defined.
    let name = &answer.body["session_token"];
    let mut listed = listed.body.as_array().unwrap().iter();
    let second = listed
        .find(|session| session["session_token"] == *name)
        .unwrap();
    let path = format!("/auth/sessions/{}", second["id"]);
    member.raw("DELETE", &path, "").await.expect(200);
    member.get("/auth/verify-user/ada").await.expect(200);
    member.get("/auth/verify-user/somebody").await.expect(404);
    let change = json!({ "username": "countess", "password": OTHER });
    member
        .send("PUT", "/auth/profile", &change)
        .await
        .expect(200);
    for address in [ADA, "nobody@example.com"] {
        ask_for_reset(&client, address).await.expect(200);
    }
    let token = letter_token(world, ADA);
    world.clock.advance(60);
    reset(&client, &token, "analytical engine no. 9")
        .await
        .expect(200);
    secrets.push(token);
    let answer = login(&client, ADA, "analytical engine no. 9").await;
    member = client
        .clone()
        .bearing(answer.expect(200).str("access_token"));
    let change = json!({ "email": "countess@example.org" });
    member
        .send("PUT", "/auth/profile", &change)
        .await
        .expect(200);
    let token = letter_token(world, "countess@example.org");
    let body = json!({ "token": token });
    member.post("/auth/confirm-email", &body).await.expect(200);
    secrets.push(token);
    world
        .set_user("countess@example.org", |user| user.role = Role::Admin)
        .await;
    world.clock.advance(60);
    let name = "countess@example.org";
    let answer = login(&client, name, "analytical engine no. 9").await;
    member = client
        .clone()
        .bearing(answer.expect(200).str("access_token"));
    member.get("/auth/verify-user/nobody").await.expect(404);
    let first = member.get("/auth/generate-2fa-code").await.expect(200);
    secrets.push(first.str("secret").to_owned());
    let body = json!({ "code": first.str("code") });
    let enabled = member.post("/auth/enable-2fa", &body).await.expect(200);
    let backup = enabled.body["backup_codes"][0].as_str().unwrap().to_owned();
    let waiting = login(&client, name, "analytical engine no. 9").await;
    let pending = waiting.expect(200).str("access_token").to_owned();
    let waiting = client.clone().bearing(&pending);
    let wrong = json!({ "code": "000000" });
    waiting.post("/auth/verify-2fa", &wrong).await.expect(400);
    let body = json!({ "code": backup });
    let whole = waiting.post("/auth/verify-2fa", &body).await.expect(200);
    let whole = client.clone().bearing(whole.str("access_token"));
    whole.raw("POST", "/auth/disable-2fa", "").await.expect(200);
    secrets.extend([backup, pending]);
    for (name, form) in [("bob", "mine"), ("eve", "not-mine")] {
        let (at, address) = (world.at("203.0.113.40"), format!("{name}@example.com"));
        register(&at, name, &address, PASSWORD).await.expect(200);
        let mut browser = Visitor::open(at, &confirm_page::link(world, &address)).await;
        let form = format!("/auth/confirm/{form}");
        browser.fill(&form, &[("password", PASSWORD)]).await;
        assert_eq!(browser.page.status, 200, "{}", browser.page.text);
        secrets.push(letter_token(world, &address));
    }
    phone::ask(&client, PHONE).await.expect(200);
    let code = world.texted_code(PHONE);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    phone::verify(&client, PHONE, wrong).await.expect(401);
    let answer = phone::verify(&client, PHONE, &code).await.expect(200);
    secrets.extend([code, answer.str("access_token").to_owned()]);
    let token = firebase::token(world, &json!({ "sub": "f-1" }));
    firebase::login(&client, &token).await.expect(200);
    firebase::login(&client, &token).await.expect(200);
    secrets.push(token);
    secrets
}

#[tokio::test]
async fn a_dump_holds_no_password_no_token_and_no_secret() {
    let world = World::new().await;
    let secrets = everything(&world).await;
    let mut values = Vec::new();
    for table in [&world.table, &world.audit_table] {
        for (name, value) in world.dump(table).await.into_iter().flatten() {
            texts(&name, &value, &mut values);
        }
    }
    assert!(values.len() > 200, "there is something to search");
    for secret in &secrets {
        for part in secret.split('.').filter(|part| part.len() > 5) {
            let found = values
                .iter()
                .find(|(_, value)| value == part || part.len() > 7 && value.contains(part));
            assert_eq!(found, None, "{part} is in the clear");
        }
    }
    let audit = format!("{:?}", world.dump(&world.audit_table).await);
    assert!(!audit.contains("example.com") && !audit.contains("192.0.2."));
    let profile = world.dump(&world.table).await;
    let profile = profile
        .iter()
        .find(|row| row["sk"].as_s().unwrap() == "PROFILE");
    assert!(!format!("{profile:?}").contains("$argon2id$"));
}

#[tokio::test]
async fn the_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    everything(&world).await;
    let calls = world.tap.calls();
    let done: BTreeSet<String> = calls
        .iter()
        .flat_map(|call| actions(&world, call))
        .collect();
    assert_eq!(done, granted("AuthRole"));
    let reads = calls
        .iter()
        .filter(|call| call.operation.contains("Get") || call.operation == "Query");
    for read in reads {
        assert!(read.body.to_string().contains("\"ConsistentRead\":true"));
        assert!(read.body.get("IndexName").is_none());
    }
    assert!(!calls.iter().any(|call| call.operation == "Scan"));
}
