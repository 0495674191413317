//! One form of names and domains, on every route.

use domain::account::Role;
use serde_json::json;
use tests::World;

use super::{ADA, OTHER, PASSWORD, login, register};

#[tokio::test]
async fn a_name_is_one_name_however_it_is_composed() {
    let world = World::new().await;
    register(&world.anyone(), "Jose\u{301}", ADA, PASSWORD)
        .await
        .expect(200);
    for spelling in ["jos\u{e9}", "JOS\u{c9}", "\u{ff2a}os\u{e9}"] {
        let again = register(&world.anyone(), spelling, "eve@example.com", PASSWORD).await;
        again.expect(400);
        login(&world.anyone(), spelling, PASSWORD).await.expect(200);
    }
    register(&world.anyone(), "grace", "grace@example.com", PASSWORD)
        .await
        .expect(200);
    world
        .set_user("grace@example.com", |user| user.role = Role::Admin)
        .await;
    let admin = login(&world.anyone(), "grace", PASSWORD).await.expect(200);
    let own = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    for bearer in [own, admin] {
        let client = world.anyone().bearing(bearer.str("access_token"));
        for path in ["Jose%CC%81", "jos%C3%A9"] {
            let found = client.get(&format!("/auth/verify-user/{path}")).await;
            let found = found.expect(200);
            assert_eq!(found.str("username"), "Jos\u{e9}");
        }
    }
}

#[tokio::test]
async fn no_new_name_holds_what_is_not_seen() {
    let world = World::new().await;
    let member = world.anyone().sign_in(ADA).await;
    let edit = member.client();
    for name in [
        "a\u{200b}dmin",
        "ad\u{202e}nim",
        "ad\u{ad}min",
        "\u{feff}admin",
        "admin\u{2060}",
    ] {
        let refused = register(&world.anyone(), name, "eve@example.com", PASSWORD).await;
        refused.expect(422);
        let body = json!({ "username": name });
        edit.send("PUT", "/auth/profile", &body).await.expect(422);
    }
}

#[tokio::test]
async fn guesses_at_one_name_are_counted_together() {
    let world = World::new().await;
    register(&world.anyone(), "Jos\u{e9}", ADA, PASSWORD)
        .await
        .expect(200);
    let mut last = 0;
    for round in 0..8 {
        let spelling = ["jos\u{e9}", "Jose\u{301}"][round % 2];
        let client = world.at(&format!("192.0.2.{round}"));
        last = login(&client, spelling, OTHER).await.status;
    }
    assert_eq!(last, 429, "another spelling is no other ledger");
}

#[tokio::test]
async fn an_international_domain_is_one_domain_at_every_door() {
    let world = World::new().await;
    let (read, known) = ("Ada@B\u{fc}cher.example", "ada@xn--bcher-kva.example");
    register(&world.anyone(), "ada", read, PASSWORD)
        .await
        .expect(200);
    for spelling in [read, known, "ada@bu\u{308}cher.example"] {
        let again = register(&world.anyone(), "eve", spelling, PASSWORD).await;
        again.expect(400);
        login(&world.anyone(), spelling, PASSWORD).await.expect(200);
    }
    // The letter goes where SES can send it, and its code opens the same account.
    world.anyone().request_code(read).await.expect(200);
    let code = world.code(known);
    let opened = world.anyone().verify_code(known, &code).await.expect(200);
    assert_eq!(opened.body["user"]["email"], json!(known));
    assert_eq!(
        world
            .postern
            .list_users(None, None, 9)
            .await
            .unwrap()
            .entries
            .len(),
        1
    );
    for part in ["b\u{fc}cher", "xn--bcher"] {
        let page = world.postern.list_users(None, Some(part), 9).await;
        assert_eq!(page.unwrap().entries.len(), 1, "{part}");
    }
}
