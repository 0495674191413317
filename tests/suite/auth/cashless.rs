//! /auth as cashless has it: sign-in for a role, refresh, logout.

use domain::account::Role;
use serde_json::{Value, json};
use tests::site::OPERATORS_PASSWORD;
use tests::{Answer, Anyone, World, forge};

const ROOT: &str = "root@example.com";
const OLGA: &str = "olga@example.com";

async fn login(client: &Anyone<'_>, email: &str, more: Value) -> Answer {
    let mut body = json!({ "email": email, "password": OPERATORS_PASSWORD });
    let fields = body.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    client.post("/auth/login", &body).await
}

async fn refresh(client: &Anyone<'_>, token: &str) -> Answer {
    let body = json!({ "refresh_token": token });
    client.post("/auth/refresh", &body).await
}

async fn logout(client: &Anyone<'_>, token: &str) -> Answer {
    let body = json!({ "refresh_token": token });
    client.post("/auth/logout", &body).await
}

#[tokio::test]
async fn each_role_signs_in_at_its_event() {
    let world = World::new().await;
    world.event(7).await;
    world.event(8).await;
    world.staff(ROOT, Role::Admin, None).await;
    world.operator(OLGA, 7).await;
    world
        .staff("nina@example.com", Role::NetworkManager, Some(8))
        .await;
    let client = world.anyone();

    let admin = login(&client, ROOT, json!({})).await.expect(200);
    assert_eq!(admin.body["token_type"], "bearer");
    assert_eq!(admin.body["expires_in"], 900);
    assert_eq!(admin.body["mfa_required"], false);
    let claims = forge::claims(admin.str("access_token"));
    assert_eq!(claims["role"], "admin");
    assert_eq!(claims["event_id"], Value::Null);

    let bound = login(&client, ROOT, json!({ "event_id": 8 }))
        .await
        .expect(200);
    assert_eq!(forge::claims(bound.str("access_token"))["event_id"], 8);

    for asked in [
        json!({ "role": "operator" }),
        json!({ "role": "operator", "event_id": 7 }),
    ] {
        let operator = login(&client, OLGA, asked).await.expect(200);
        let claims = forge::claims(operator.str("access_token"));
        assert_eq!(
            (&claims["role"], &claims["event_id"]),
            (&json!("operator"), &json!(7))
        );
        assert_eq!(claims["amr"], json!(["pwd"]));
    }
    let asked = json!({ "role": "network manager" });
    let manager = login(&client, "nina@example.com", asked).await.expect(200);
    let claims = forge::claims(manager.str("access_token"));
    assert_eq!(claims["role"], "network_manager");
}

#[tokio::test]
async fn what_one_is_not_looks_like_a_wrong_password() {
    let world = World::new().await;
    world.event(7).await;
    world.event(8).await;
    world.end_event(8).await;
    world.staff(ROOT, Role::Admin, None).await;
    world.operator(OLGA, 7).await;
    let tries = [
        (ROOT, json!({ "password": "not the password" })),
        ("nobody@example.com", json!({})),
        ("no address", json!({})),
        (ROOT, json!({ "role": "operator" })),
        (ROOT, json!({ "role": "pope" })),
        (ROOT, json!({ "event_id": 9 })),
        (ROOT, json!({ "event_id": 8 })),
        (OLGA, json!({})),
        (OLGA, json!({ "role": "operator", "event_id": 8 })),
        (OLGA, json!({ "role": "user" })),
    ];
    let mut answers = Vec::new();
    for (place, (email, asked)) in tries.into_iter().enumerate() {
        let client = world.at(&format!("198.51.100.{place}"));
        let answer = login(&client, email, asked.clone()).await;
        assert_eq!(answer.status, 401, "{email} {asked}");
        answers.push(answer);
    }
    for answer in &answers {
        assert_eq!(answer.text, answers[0].text);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn the_two_contracts_share_the_path_by_media_type() {
    let world = World::new().await;
    world.staff(ROOT, Role::Admin, None).await;
    let client = world.anyone();
    let problems = client
        .post("/auth/login", &json!({ "role": 5, "extra": 1 }))
        .await;
    let kinds: Vec<_> = problems.expect(422).body["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| format!("{} {}", problem["loc"][1], problem["type"]))
        .collect();
    for expected in [
        "\"email\" \"missing\"",
        "\"password\" \"missing\"",
        "\"extra\" \"extra_forbidden\"",
    ] {
        assert!(
            kinds.iter().any(|kind| kind == expected),
            "{expected}: {kinds:?}"
        );
    }
    let form = format!(
        "username={ROOT}&password={}",
        OPERATORS_PASSWORD.replace(' ', "+")
    );
    let signed_in = super::login_at(&client, "/auth/login", ROOT, OPERATORS_PASSWORD).await;
    assert!(
        signed_in.expect(200).body["session_token"].is_string(),
        "{form}"
    );
    let other = client.clone().header("content-type", "text/xml");
    other
        .raw("POST", "/auth/login", "<login/>")
        .await
        .expect(415);
}

#[tokio::test]
async fn tokens_are_exchanged_and_given_back() {
    let world = World::new().await;
    world.staff(ROOT, Role::Admin, None).await;
    let client = world.anyone();
    let first = login(&client, ROOT, json!({})).await.expect(200);
    let second = refresh(&client, first.str("refresh_token"))
        .await
        .expect(200);
    assert_ne!(second.str("refresh_token"), first.str("refresh_token"));
    for bad in ["", "garbage", second.str("access_token")] {
        refresh(&client, bad).await.expect(401);
    }

    let other = login(&client, ROOT, json!({})).await.expect(200);
    let bearer = client.clone().bearing(second.str("access_token"));
    logout(&client, other.str("refresh_token"))
        .await
        .expect(401);
    logout(&bearer, "garbage").await.expect(401);
    let ended = logout(&bearer, other.str("refresh_token"))
        .await
        .expect(200);
    assert!(ended.body["message"].is_string());
    refresh(&client, other.str("refresh_token"))
        .await
        .expect(401);
    logout(&bearer, second.str("refresh_token"))
        .await
        .expect(200);
    refresh(&client, second.str("refresh_token"))
        .await
        .expect(401);
    logout(&bearer, second.str("refresh_token"))
        .await
        .expect(401);
}

#[tokio::test]
async fn nobody_gives_back_what_is_anothers() {
    let world = World::new().await;
    world.event(7).await;
    world.staff(ROOT, Role::Admin, None).await;
    world.operator(OLGA, 7).await;
    let client = world.anyone();
    let root = login(&client, ROOT, json!({})).await.expect(200);
    let olga = login(&client, OLGA, json!({ "role": "operator" }))
        .await
        .expect(200);
    let bearer = client.clone().bearing(olga.str("access_token"));
    logout(&bearer, root.str("refresh_token")).await.expect(401);
    refresh(&client, root.str("refresh_token"))
        .await
        .expect(200);
}

/// An administrator with an authenticator, and the secret in it.
async fn guarded(world: &World) -> String {
    world.staff(ROOT, Role::Admin, None).await;
    let client = world.anyone();
    let admin = login(&client, ROOT, json!({})).await.expect(200);
    let bearer = client.bearing(admin.str("access_token"));
    let first = bearer.get("/auth/generate-2fa-code").await.expect(200);
    let code = json!({ "code": first.str("code") });
    bearer.post("/auth/enable-2fa", &code).await.expect(200);
    first.str("secret").to_owned()
}

#[tokio::test]
async fn a_second_factor_makes_the_tokens_wait() {
    let world = World::new().await;
    let secret = guarded(&world).await;
    let client = world.at("198.51.100.9");
    let waiting = login(&client, ROOT, json!({})).await.expect(200);
    assert_eq!(waiting.body["mfa_required"], true);
    assert_eq!(waiting.body["expires_in"], 300);
    let bearer = client.clone().bearing(waiting.str("access_token"));
    bearer.get("/auth/sessions").await.expect(401);
    let worth = client.verify(waiting.str("access_token")).await.expect(200);
    assert_eq!(worth.body["valid"], false);
    let worth = client
        .verify(waiting.str("refresh_token"))
        .await
        .expect(200);
    assert_eq!(worth.body["valid"], false);

    world.clock.advance(100);
    let renewed = refresh(&client, waiting.str("refresh_token"))
        .await
        .expect(200);
    assert_eq!(renewed.body["mfa_required"], true);
    assert_eq!(
        renewed.body["expires_in"], 200,
        "it waits no longer for being asked about"
    );
    let bearer = client.clone().bearing(renewed.str("access_token"));
    let code = json!({ "code": super::second_factor::shown(&world, &secret) });
    let whole = bearer.post("/auth/verify-2fa", &code).await.expect(200);
    let claims = forge::claims(whole.str("access_token"));
    assert_eq!(claims["role"], "admin");
    assert!(claims["mfa_verified_at"].is_u64());
    refresh(&client, waiting.str("refresh_token"))
        .await
        .expect(401);
}

#[tokio::test]
async fn a_sign_in_that_waits_is_given_up() {
    let world = World::new().await;
    let secret = guarded(&world).await;
    let client = world.at("198.51.100.9");
    let (one, two) = (
        login(&client, ROOT, json!({})).await.expect(200),
        login(&client, ROOT, json!({})).await.expect(200),
    );
    let bearer = client.clone().bearing(one.str("access_token"));
    logout(&bearer, two.str("refresh_token")).await.expect(401);
    logout(&bearer, one.str("access_token")).await.expect(401);
    logout(&bearer, one.str("refresh_token")).await.expect(200);
    logout(&bearer, one.str("refresh_token")).await.expect(401);
    world.clock.advance(60);
    let code = json!({ "code": super::second_factor::shown(&world, &secret) });
    bearer.post("/auth/verify-2fa", &code).await.expect(401);
    let other = client.clone().bearing(two.str("access_token"));
    other.post("/auth/verify-2fa", &code).await.expect(200);
}

#[tokio::test]
async fn refreshing_has_a_limit_by_place() {
    let world = World::new().await;
    world.staff(ROOT, Role::Admin, None).await;
    let client = world.anyone();
    let mut token = login(&client, ROOT, json!({}))
        .await
        .expect(200)
        .str("refresh_token")
        .to_owned();
    for _ in 0..30 {
        let next = refresh(&client, &token).await.expect(200);
        token = next.str("refresh_token").to_owned();
    }
    let refused = refresh(&client, &token).await.expect(429);
    assert_eq!(refused.body["detail"], refused.body["error"]);
    assert_ne!(refused.header("retry-after"), "");
    let elsewhere = world.at("198.51.100.20");
    refresh(&elsewhere, &token).await.expect(200);
}

#[tokio::test]
async fn an_administrator_without_a_factor_lives_by_the_password() {
    let world = World::new().await;
    world.staff(ROOT, Role::Admin, None).await;
    let admin = login(&world.anyone(), ROOT, json!({})).await.expect(200);
    world.clock.advance(3600);
    let bearer = world.anyone().bearing(admin.str("access_token"));
    bearer.get("/protected").await.expect(401);
}
