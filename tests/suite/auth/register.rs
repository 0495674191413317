//! POST /auth/register

use axum::extract::Path;
use axum::routing::get;
use serde_json::json;
use tests::World;

use super::{ADA, OTHER, PASSWORD, address, login, problems, register};

#[tokio::test]
async fn an_account_can_be_signed_in_to_at_once_by_either_name() {
    let world = World::new().await;
    let client = world.anyone();
    let body = json!({
        "username": "Ada", "email": "Ada@Example.com", "password": PASSWORD, "profile_picture": null,
        "preferences": "{\"theme\":\"dark\"}",
    });
    let answer = client.post("/auth/register", &body).await.expect(200);
    let user = &answer.body;
    assert_eq!(
        (&user["username"], &user["email"]),
        (&json!("Ada"), &json!(ADA))
    );
    assert_eq!(
        (&user["role"], &user["is_active"]),
        (&json!("user"), &json!(true))
    );
    assert_eq!(user["two_factor_enabled"], json!(false));
    assert_eq!(user["preferences"], json!("{\"theme\":\"dark\"}"));
    assert_eq!(user["profile_picture"], json!(null));
    assert!(user["id"].as_u64().unwrap() < 1 << 53);
    let letters = world.mail(ADA);
    assert!(letters[0].subject.starts_with("An account for you"));
    for name in ["ada@example.com", "ADA@example.COM", "Ada", "aDA"] {
        login(&client, name, PASSWORD).await.expect(200);
    }
    let stored = world.postern.find_user(&address(ADA)).await.unwrap();
    assert!(!stored.email_verified, "nobody has proven it");
}

#[tokio::test]
async fn every_problem_is_named_at_once() {
    let world = World::new().await;
    let client = world.anyone();
    let nothing = client.post("/auth/register", &json!({})).await.expect(422);
    let missing =
        ["username", "email", "password"].map(|name| format!("body.{name}: Field required"));
    assert_eq!(problems(&nothing), missing);
    let bad =
        json!({ "username": "a b", "email": "ada", "password": "qz7-kv2", "preferences": 7.5 });
    let bad = client.post("/auth/register", &bad).await.expect(422);
    assert_eq!(problems(&bad).len(), 4, "{}", bad.text);
    assert!(!bad.text.contains("qz7"), "no value is repeated");
}

#[tokio::test]
async fn weak_passwords_are_refused_with_the_reason() {
    let world = World::with(&[("POSTERN_SERVICE_NAME", "Acme Tickets")]).await;
    let why = async |password: &str, ip: &str| {
        let answer = register(&world.at(ip), "lovelace", ADA, password).await;
        problems(&answer.expect(422)).join("; ")
    };
    let named = "the password is too similar to your name, your address or the service's";
    for (n, (password, reason)) in [
        ("qz7-kv2", "at least 8 characters"),
        (&"x".repeat(129), "at most 128 characters"),
        ("Password1", "too common"),
        ("LoveLace1815", named),
        ("acmetickets!!", named),
        ("example.com-1", named),
    ]
    .into_iter()
    .enumerate()
    {
        let said = why(password, &format!("198.51.100.{n}")).await;
        assert!(said.contains(reason), "{password}: {said}");
    }
    let spaces = "  trailing and leading  ";
    register(&world.anyone(), "lovelace", ADA, spaces)
        .await
        .expect(200);
    login(&world.anyone(), ADA, spaces.trim()).await.expect(401);
    login(&world.anyone(), ADA, spaces).await.expect(200);
}

#[tokio::test]
async fn names_are_anybodys_once() {
    let world = World::new().await;
    let client = world.anyone();
    register(&client, "ada", ADA, PASSWORD).await.expect(200);
    let same_address = register(&client, "grace", "ADA@example.com", OTHER).await;
    assert_eq!(
        same_address.expect(400).str("detail"),
        "Email already registered"
    );
    let same_name = register(&client, "ADA", "grace@example.com", OTHER).await;
    assert_eq!(
        same_name.expect(400).str("detail"),
        "Username already registered"
    );
    login(&client, ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn one_place_makes_ten_a_minute() {
    let world = World::new().await;
    for n in 0..10 {
        let (name, email) = (format!("u{n}"), format!("u{n}@example.com"));
        register(&world.anyone(), &name, &email, PASSWORD)
            .await
            .expect(200);
    }
    let limited = register(&world.anyone(), "u10", "u10@example.com", PASSWORD).await;
    let limited = limited.expect(429);
    assert_eq!(limited.header("retry-after"), "60");
    assert_eq!(limited.str("detail"), limited.str("error"));
}

/// A range service that knows one password, and what it was asked.
async fn range_service() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // printf 'correct horse battery' | sha1sum
    let answer = |Path(digits): Path<String>| async move {
        assert_eq!(digits.len(), 5, "no more of the hash is told");
        let known = crypto_sha1("correct horse battery");
        let (head, rest) = known.split_at(5);
        let listed = if digits == head { rest } else { "0" };
        format!("0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n{listed}:42\r\n")
    };
    let router = axum::Router::new().route("/range/{digits}", get(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn crypto_sha1(text: &str) -> String {
    let hash = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY,
        text.as_bytes(),
    );
    hash.as_ref().iter().map(|b| format!("{b:02X}")).collect()
}

#[tokio::test]
async fn breached_passwords_are_refused_where_the_service_is_asked() {
    let breached = "correct horse battery";
    let url = range_service().await;
    let world = World::with(&[("POSTERN_PWNED_PASSWORDS_URL", &url)]).await;
    let refused = register(&world.anyone(), "ada", ADA, breached).await;
    let refused = problems(&refused.expect(422));
    assert_eq!(
        refused,
        ["body.password: Value error, the password is known from a data breach"]
    );
    register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    let off = World::new().await;
    register(&off.anyone(), "ada", ADA, breached)
        .await
        .expect(200);
    let down = World::with(&[("POSTERN_PWNED_PASSWORDS_URL", "http://127.0.0.1:9")]).await;
    register(&down.anyone(), "ada", ADA, breached)
        .await
        .expect(200);
}
