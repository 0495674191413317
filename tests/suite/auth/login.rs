//! POST /auth/login and /token

use domain::password::PasswordCredential;
use serde_json::json;
use tests::{START, World};

use super::{ADA, FORM, PASSWORD, ada, address, login, login_at, problems, register, seen};

#[tokio::test]
async fn tokens_are_those_of_every_contract() {
    let world = World::new().await;
    register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    let answer = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(answer.str("token_type"), "bearer");
    assert_eq!(answer.str("session_token").len(), 32);
    assert_eq!(answer.body["requires_2fa"], json!(false));
    let claims = claims(answer.str("access_token"));
    assert!(claims["user_id"].is_u64());
    assert_eq!(claims["role"], json!("user"));
    assert_eq!(claims["amr"], json!(["pwd"]));
    assert_eq!(
        claims["email"],
        json!(null),
        "an address that nobody proved"
    );
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life, 900);
    let bearer = world.anyone().bearing(answer.str("access_token"));
    bearer.get("/cfg/accounts/profile/").await.expect(200);
    let body = json!({ "refresh_token": answer.str("refresh_token") });
    let next = world.anyone().post("/auth/token-refresh", &body).await;
    let next = next.expect(200);
    world
        .anyone()
        .refresh(next.str("refresh_token"))
        .await
        .expect(200);
    let no_access = json!({ "refresh_token": answer.str("access_token") });
    let refused = world.anyone().post("/auth/token-refresh", &no_access).await;
    assert_eq!(
        refused.expect(401).str("detail"),
        "Could not validate credentials"
    );
}

fn claims(token: &str) -> serde_json::Value {
    use base64::Engine as _;
    let part = token.split('.').nth(1).unwrap();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    serde_json::from_slice(&engine.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn the_announced_address_is_the_same_door() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    let answer = login_at(&world.anyone(), "/token", "ada", PASSWORD).await;
    assert_eq!(answer.expect(200).str("token_type"), "bearer");
    login_at(&world.anyone(), "/token", "ada", "wrong")
        .await
        .expect(401);
}

#[tokio::test]
async fn whatever_will_not_do_looks_and_costs_alike() {
    let world = World::new().await;
    register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    register(&world.anyone(), "locked", "locked@example.com", PASSWORD)
        .await
        .expect(200);
    let locked = address("locked@example.com");
    world.postern.lock_user(&locked).await.unwrap();
    world.anyone().sign_in("codes@example.com").await;
    let mut looks = Vec::new();
    for (n, (name, password)) in [
        (ADA, "wrong"),
        ("ada", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("nobody", PASSWORD),
        ("not a name", PASSWORD),
        ("locked@example.com", PASSWORD),
        ("codes@example.com", PASSWORD),
    ]
    .into_iter()
    .enumerate()
    {
        let network = world.at(&format!("198.51.100.{n}"));
        world.tap.clear();
        let answer = login(&network, name, password).await.expect(401);
        looks.push((seen(&answer), world.tap.cost()));
    }
    assert_eq!(looks[0].0.1, json!({ "detail": "Invalid credentials" }));
    for look in &looks {
        assert_eq!(look, &looks[0]);
    }
}

#[tokio::test]
async fn a_form_is_a_form() {
    let world = World::new().await;
    let json = json!({ "username": "ada", "password": PASSWORD });
    // At /auth/login JSON is the other contract's.
    world.anyone().post("/token", &json).await.expect(415);
    let form = world.anyone().header("content-type", FORM);
    let nothing = form.raw("POST", "/auth/login", "").await.expect(422);
    let missing = ["username", "password"].map(|name| format!("body.{name}: Field required"));
    assert_eq!(problems(&nothing), missing);
    let body = "username=ada&password=x&grant_type=refresh_token&scope=&client_id=";
    let refused = form.raw("POST", "/auth/login", body).await.expect(422);
    assert_eq!(problems(&refused).len(), 1, "{}", refused.text);
    let body = "username=ada&password=x&grant_type=password";
    form.raw("POST", "/auth/login", body).await.expect(401);
}

#[tokio::test]
async fn imported_hashes_do_once_and_are_replaced() {
    // django.contrib.auth.hashers, 1,000 iterations of "lètmein"; and bcrypt, cost 4, of "correct horse".
    let django = "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=";
    let bcrypt = "$2b$04$sGlE7dHG877leZZvMDo8ROZSdB.IlWqA/yCq18pXLky7k4N2ZFfR6";
    for (hash, password) in [(django, "l\u{e8}tmein"), (bcrypt, "correct horse")] {
        let world = World::new().await;
        register(&world.anyone(), "ada", ADA, PASSWORD)
            .await
            .expect(200);
        let sub = world.postern.find_user(&address(ADA)).await.unwrap().sub;
        let store = store::Store::new(&world.aws.dynamodb, &world.table, &world.audit_table);
        let imported = PasswordCredential {
            rev: 2,
            ..PasswordCredential::first(hash.to_owned(), START)
        };
        store.rehash_password(sub, &imported, 1).await.unwrap();
        login(&world.anyone(), ADA, PASSWORD).await.expect(401);
        login(&world.anyone(), ADA, password).await.expect(200);
        let (_, kept) = store.user_and_password(sub).await.unwrap();
        let kept = kept.unwrap();
        assert!(kept.hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!((kept.rev, kept.changed_at), (3, START));
        login(&world.anyone(), ADA, password).await.expect(200);
        let (_, again) = store.user_and_password(sub).await.unwrap();
        assert_eq!(again.unwrap().hash, kept.hash);
    }
}

#[tokio::test]
async fn a_new_place_is_told() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(world.mail(ADA).len(), 1, "the registration's");
    login(&world.at("198.51.100.1"), ADA, PASSWORD)
        .await
        .expect(200);
    assert!(world.mail(ADA)[0].subject.starts_with("New sign-in"));
}

/// What the design promises: three round trips, six write units.
#[tokio::test]
async fn a_sign_in_takes_three_trips_and_six_write_units() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    for _ in 0..3 {
        world.tap.clear();
        login(&world.anyone(), ADA, PASSWORD).await.expect(200);
        assert_eq!(world.tap.trips(), 3);
        let calls = world.tap.calls();
        let writes = calls
            .iter()
            .filter(|call| ["UpdateItem", "PutItem"].contains(&call.operation.as_str()));
        assert!(writes.count() <= 6);
        assert!(
            !calls
                .iter()
                .any(|call| call.operation == "TransactWriteItems")
        );
    }
}
