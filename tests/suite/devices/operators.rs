//! POST /devices/operator-token

use serde_json::{Value, json};
use tests::site::OPERATORS_PASSWORD;
use tests::{Answer, Anyone, World, forge};

use super::{MAC, OLGA, is_valid, signed_in};

async fn operator_token(client: &Anyone<'_>, email: &str, more: Value) -> Answer {
    let mut body = json!({
        "email": email, "password": OPERATORS_PASSWORD, "dev_type": "POS", "dev_mac": MAC,
    });
    let fields = body.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    client.post("/devices/operator-token", &body).await
}

async fn give_back(client: &Anyone<'_>, token: &str, as_refresh: &str) -> Answer {
    let bearer = client.clone().bearing(token);
    let body = json!({ "refresh_token": as_refresh });
    bearer.post("/auth/logout", &body).await
}

#[tokio::test]
async fn the_same_token_until_it_is_given_back() {
    let world = World::new().await;
    world.event(7).await;
    let olga = world.operator(OLGA, 7).await;
    let client = world.anyone();
    let first = operator_token(&client, OLGA, json!({})).await.expect(200);
    let token = first.str("token").to_owned();
    let expected = json!({
        "user_id": olga.uid, "event_id": 7, "email": OLGA, "token": token, "mode": 0, "dev_type": "POS",
    });
    assert_eq!(first.body, expected);
    world.clock.advance(3600);
    let again = operator_token(&client, OLGA, json!({ "dev_mac": "AABBCC001122" })).await;
    assert_eq!(again.expect(200).str("token"), token);
    let elsewhere = operator_token(&client, OLGA, json!({ "dev_mac": "other" }))
        .await
        .expect(200);
    assert_ne!(elsewhere.str("token"), token);

    let worth = client.verify(&token).await.expect(200);
    assert_eq!(worth.body["claims"]["token_type"], "operator");
    assert_eq!(worth.body["claims"]["dev_mac"], "AA:BB:CC:00:11:22");
    let holder = client.clone().bearing(&token);
    holder.get("/auth/sessions").await.expect(401);

    give_back(&client, &token, elsewhere.str("token"))
        .await
        .expect(401);
    give_back(&client, &token, &token).await.expect(200);
    give_back(&client, &token, &token).await.expect(401);
    assert!(!is_valid(&world, &token).await);
    assert!(is_valid(&world, elsewhere.str("token")).await);
    let fresh = operator_token(&client, OLGA, json!({})).await.expect(200);
    assert_ne!(fresh.str("token"), token);
    assert!(is_valid(&world, fresh.str("token")).await);
    world.clock.advance(72 * 3600);
    assert!(!is_valid(&world, fresh.str("token")).await);
}

#[tokio::test]
async fn each_kind_of_device_has_its_modes() {
    let world = World::new().await;
    world.event(7).await;
    world.operator(OLGA, 7).await;
    let kinds = ["POS", "REPORT", "FASTPASS", "KIDS", "DISPATCH"];
    for mode in [0u8, 3, 4, 5, 6, 7] {
        world.set_user(OLGA, |user| user.mode = Some(mode)).await;
        let mut taken = Vec::new();
        for kind in kinds {
            // A network for each, so that the guesses of one do not rest another.
            let client = world.at(&format!("198.51.{mode}.{}", kind.len()));
            let answer = operator_token(&client, OLGA, json!({ "dev_type": kind })).await;
            taken.extend((answer.status == 200).then_some(kind));
            world.clock.advance(3600);
        }
        let expected = match mode {
            3 => "REPORT",
            4 => "FASTPASS",
            5 => "KIDS",
            6 => "DISPATCH",
            _ => "POS",
        };
        assert_eq!(taken, [expected], "mode {mode}");
    }
    let problems = operator_token(&world.anyone(), OLGA, json!({ "dev_type": "TILL" })).await;
    assert_eq!(problems.expect(422).body["detail"][0]["loc"][1], "dev_type");
    let long =
        json!({ "password": "x".repeat(257), "dev_mac": "y".repeat(65), "email": "a", "z": 1 });
    let problems = operator_token(&world.anyone(), OLGA, long)
        .await
        .expect(422);
    assert_eq!(
        problems.body["detail"].as_array().map(Vec::len),
        Some(4),
        "{}",
        problems.text
    );
}

#[tokio::test]
async fn whoever_may_not_looks_like_a_wrong_password() {
    let world = World::new().await;
    world.event(7).await;
    world.operator(OLGA, 7).await;
    world
        .staff("root@example.com", domain::account::Role::Admin, None)
        .await;
    let wrong = operator_token(&world.at("198.51.100.1"), OLGA, json!({ "password": "no" })).await;
    let wrong = wrong.expect(401);
    let admin = operator_token(&world.at("198.51.100.2"), "root@example.com", json!({})).await;
    assert_eq!(admin.expect(401).text, wrong.text);
    let nobody = operator_token(&world.at("198.51.100.3"), "no@example.com", json!({})).await;
    assert_eq!(nobody.expect(401).text, wrong.text);

    world.device(55, 7, MAC).await;
    let held = operator_token(&world.at("198.51.100.4"), OLGA, json!({}))
        .await
        .expect(200);
    world.archive(55).await;
    assert!(!is_valid(&world, held.str("token")).await, "archived");
    let archived = operator_token(&world.at("198.51.100.4"), OLGA, json!({})).await;
    assert_eq!(archived.expect(401).text, wrong.text);
}

#[tokio::test]
async fn a_second_factor_cannot_be_shown_there() {
    let world = World::new().await;
    world.event(7).await;
    world.operator(OLGA, 7).await;
    let client = world.anyone();
    let held = operator_token(&client, OLGA, json!({})).await.expect(200);
    let bearer = signed_in(&client, OLGA, "operator").await;
    let first = bearer.get("/auth/generate-2fa-code").await.expect(200);
    let code = json!({ "code": first.str("code") });
    bearer.post("/auth/enable-2fa", &code).await.expect(200);
    assert!(
        !is_valid(&world, held.str("token")).await,
        "a factor ends what was there before"
    );
    operator_token(&client, OLGA, json!({})).await.expect(401);
}

#[tokio::test]
async fn a_device_that_asks_twenty_times_at_once_gets_one_token() {
    let world = World::new().await;
    world.event(7).await;
    world.operator(OLGA, 7).await;
    let clients: Vec<_> = (0..8)
        .map(|n| world.at(&format!("198.51.100.{n}")))
        .collect();
    let asks = clients
        .iter()
        .map(|client| operator_token(client, OLGA, json!({})));
    let mut tokens = Vec::new();
    for answer in futures_util::future::join_all(asks).await {
        if answer.status == 200 {
            tokens.push(answer.str("token").to_owned());
        }
    }
    assert!(!tokens.is_empty());
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "one session");
    assert_eq!(forge::claims(&tokens[0])["token_type"], "operator");
}
