//! POST /admin/register and /admin/login

use serde_json::json;
use tests::World;

use super::{ADA, KEY, ROOT, lock, login, register, root, world};
use crate::auth::{self, OTHER, PASSWORD, ask_for_reset, letter_token, reset, seen};

#[tokio::test]
async fn the_key_makes_an_administrator() {
    let world = world().await;
    let client = world.anyone();
    let user = register(&client, "root", ROOT, KEY).await.expect(200);
    assert_eq!((user.str("role"), user.str("email")), ("admin", ROOT));
    let answer = login(&client, ROOT, PASSWORD).await.expect(200);
    assert_eq!(answer.str("token_type"), "bearer");
    assert_eq!(answer.body["requires_2fa"], json!(false));
    let claims = tests::forge::claims(answer.str("access_token"));
    assert_eq!(
        (&claims["role"], &claims["amr"]),
        (&json!("admin"), &json!(["pwd"]))
    );
    let bearer = client.clone().bearing(answer.str("access_token"));
    bearer.get("/admin/users").await.expect(200);
    login(&client, "root", PASSWORD).await.expect(200);
    let again = register(&client, "other", ROOT, KEY).await.expect(400);
    assert_eq!(again.str("detail"), "Email already registered");
}

#[tokio::test]
async fn another_key_and_no_key_at_all_look_alike_and_make_nobody() {
    let closed = World::new().await;
    let open = world().await;
    let off = register(&closed.anyone(), "root", ROOT, KEY)
        .await
        .expect(403);
    let mut looks = vec![seen(&off)];
    for key in ["x", &KEY[1..], &format!("{KEY}x"), &KEY.to_uppercase()] {
        let refused = register(&open.anyone(), "root", ROOT, key)
            .await
            .expect(403);
        looks.push(seen(&refused));
    }
    assert_eq!(off.body, json!({ "detail": "Invalid secret key" }));
    assert!(looks.iter().all(|look| *look == looks[0]));
    login(&open.anyone(), ROOT, PASSWORD).await.expect(400);
    let nothing = open.anyone().post("/admin/register", &json!({})).await;
    assert_eq!(auth::problems(&nothing.expect(422)).len(), 4);
}

#[tokio::test]
async fn guessing_at_the_key_ends_after_ten_a_minute() {
    let world = world().await;
    for _ in 0..10 {
        register(&world.anyone(), "root", ROOT, "wrong")
            .await
            .expect(403);
    }
    let limited = register(&world.anyone(), "root", ROOT, KEY)
        .await
        .expect(429);
    assert_ne!(limited.header("retry-after"), "");
}

#[tokio::test]
async fn only_the_right_password_learns_that_it_is_no_administrators() {
    let world = world().await;
    let root = root(&world).await;
    auth::register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    let refused = login(&world.anyone(), ADA, PASSWORD).await.expect(403);
    assert_eq!(refused.body, json!({ "detail": "Not authorized" }));
    auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(200);
    super::administrator(&world.at("192.0.2.3"), "locked@example.com").await;
    lock(&root, "locked@example.com").await.expect(200);
    let mut looks = Vec::new();
    for (n, (name, password)) in [
        (ADA, "wrong"),
        (ROOT, "wrong"),
        ("nobody@example.com", PASSWORD),
        ("locked@example.com", PASSWORD),
        ("not a name", PASSWORD),
    ]
    .into_iter()
    .enumerate()
    {
        world.tap.clear();
        let network = world.at(&format!("198.51.100.{n}"));
        let answer = login(&network, name, password).await.expect(400);
        looks.push((seen(&answer), world.tap.cost()));
    }
    assert_eq!(looks[0].0.1, json!({ "detail": "Invalid credentials" }));
    assert!(looks.iter().all(|look| *look == looks[0]));
}

#[tokio::test]
async fn both_doors_share_one_count_of_guesses() {
    let world = world().await;
    root(&world).await;
    for n in 0..5 {
        let network = world.at(&format!("203.0.113.{n}"));
        let answer = match n % 2 {
            0 => login(&network, ROOT, "wrong").await.expect(400),
            _ => auth::login(&network, ROOT, "wrong").await.expect(401),
        };
        assert_eq!(answer.str("detail"), "Invalid credentials");
    }
    let stranger = world.at("203.0.113.99");
    login(&stranger, ROOT, PASSWORD).await.expect(429);
    auth::login(&stranger, ROOT, PASSWORD).await.expect(429);
    login(&world.at("192.0.2.200"), ROOT, PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_password_that_must_be_replaced_opens_nothing() {
    let world = world().await;
    root(&world).await;
    auth::register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    for address in [ADA, ROOT] {
        let address = auth::address(address);
        let user = world
            .postern
            .require_password_change(&address)
            .await
            .unwrap();
        assert!(user.must_change_password);
    }
    let refusals = [
        auth::login(&world.anyone(), ADA, PASSWORD).await,
        login(&world.at("192.0.2.200"), ROOT, PASSWORD).await,
    ];
    for refused in refusals {
        let detail = "Password change required: use the password reset";
        assert_eq!(refused.expect(403).body, json!({ "detail": detail }));
    }
    auth::login(&world.anyone(), ADA, "wrong").await.expect(401);
    login(&world.anyone(), ADA, PASSWORD).await.expect(403);
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    // The address is proven by this very letter; what has to go has to go all the same.
    reset(&world.anyone(), &token, PASSWORD).await.expect(422);
    reset(&world.anyone(), &token, OTHER).await.expect(200);
    auth::login(&world.anyone(), ADA, OTHER).await.expect(200);
}
