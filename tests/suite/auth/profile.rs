//! PUT /auth/profile

use serde_json::json;
use tests::World;

use super::{ADA, OTHER, PASSWORD, ada, address, is_signed_in, login, problems, register};

const PATH: &str = "/auth/profile";

#[tokio::test]
async fn a_username_changes_and_the_old_one_is_free() {
    let world = World::new().await;
    let ada = ada(&world.anyone()).await;
    let answer = ada
        .send("PUT", PATH, &json!({ "username": "countess" }))
        .await;
    assert_eq!(answer.expect(200).str("username"), "countess");
    assert!(is_signed_in(&ada).await);
    login(&world.anyone(), "countess", PASSWORD)
        .await
        .expect(200);
    login(&world.anyone(), "ada", PASSWORD).await.expect(401);
    register(&world.anyone(), "ada", "other@example.com", PASSWORD)
        .await
        .expect(200);
    let taken = ada.send("PUT", PATH, &json!({ "username": "ADA" })).await;
    assert_eq!(
        taken.expect(400).str("detail"),
        "Username already registered"
    );
    let capitals = ada
        .send("PUT", PATH, &json!({ "username": "Countess" }))
        .await;
    assert_eq!(capitals.expect(200).str("username"), "Countess");
    let same = json!({ "username": null, "email": ADA, "role": "user" });
    ada.send("PUT", PATH, &same).await.expect(200);
    let rows = world.dump(&world.audit_table).await;
    let changes = rows
        .iter()
        .filter(|row| row["kind"].as_s().unwrap() == "USERNAME_CHANGED");
    assert_eq!(changes.count(), 2);
}

#[tokio::test]
async fn nobody_gives_themselves_a_role() {
    let world = World::new().await;
    let ada = ada(&world.anyone()).await;
    let refused = ada
        .send("PUT", PATH, &json!({ "role": "admin", "username": "root" }))
        .await;
    assert_eq!(refused.expect(403).str("detail"), "Not enough permissions");
    let user = world.postern.find_user(&address(ADA)).await.unwrap();
    assert_eq!((user.role.name(), user.username.as_str()), ("user", "ada"));
}

#[tokio::test]
async fn another_password_ends_every_other_session() {
    let world = World::new().await;
    let here = ada(&world.anyone()).await;
    let answer = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let there = world.anyone().bearing(answer.str("access_token"));
    let weak = here
        .send("PUT", PATH, &json!({ "password": "password1" }))
        .await;
    assert!(problems(&weak.expect(422))[0].contains("too common"));
    let former = here
        .send("PUT", PATH, &json!({ "password": PASSWORD }))
        .await;
    assert!(problems(&former.expect(422))[0].contains("used before"));
    here.send("PUT", PATH, &json!({ "password": OTHER }))
        .await
        .expect(200);
    assert!(is_signed_in(&here).await);
    assert!(!is_signed_in(&there).await);
    login(&world.anyone(), ADA, PASSWORD).await.expect(401);
    login(&world.anyone(), ADA, OTHER).await.expect(200);
    assert!(world.mail(ADA)[0].subject.contains("password was changed"));
}

#[tokio::test]
async fn who_asks_for_other_names_learns_of_ten_a_day() {
    let world = World::new().await;
    let client = world.anyone();
    register(&client, "ada", ADA, PASSWORD).await.expect(200);
    let answer = login(&client, ADA, PASSWORD).await.expect(200);
    let ada = client.bearing(answer.str("access_token"));
    for n in 0..12 {
        let change = json!({ "username": format!("lovelace{n}") });
        let changed = ada.send("PUT", "/auth/profile", &change).await;
        assert_eq!(changed.status, if n < 10 { 200 } else { 429 }, "{n}");
    }
    // The name that one has is no other.
    let same = json!({ "username": "lovelace9", "email": ADA });
    ada.send("PUT", "/auth/profile", &same).await.expect(200);
}
