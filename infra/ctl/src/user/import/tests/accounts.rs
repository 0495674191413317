//! What a line becomes: an account with all that it says, and nothing more.

use super::*;

#[tokio::test]
async fn a_hash_of_every_kind_signs_in_and_is_replaced() {
    for (kind, password, hash) in HASHES {
        let world = World::new().await;
        let row = json!({
            "email": "Ada@Example.com", "email_verified": true, "username": "ada", "password_hash": hash,
        });
        let (refused, summary) = import(&world, &[row]).await;
        assert_eq!(
            (refused.as_str(), summary.as_str()),
            ("", "1 made, 0 there already, 0 refused")
        );
        assert_eq!(stored_hash(&world).await, hash, "{kind}");
        assert_eq!(sign_in(&world, "ada", "a wrong guess").await, 401, "{kind}");
        assert_eq!(
            sign_in(&world, "ada@example.com", password).await,
            200,
            "{kind}"
        );
        let ours = stored_hash(&world).await;
        assert!(
            ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kind}: {ours}"
        );
        assert_eq!(sign_in(&world, "ada", password).await, 200, "{kind}");
        assert!(
            world
                .mail("ada@example.com")
                .iter()
                .all(|letter| !letter.subject.contains("Welcome"))
        );
    }
}

#[tokio::test]
async fn a_row_is_an_account_with_all_that_it_says() {
    let world = World::new().await;
    let row = json!({
        "email": "root@example.com", "email_verified": true, "username": "Root", "role": "network_manager",
        "first_name": "  Ada ", "last_name": "Lovelace", "company": "Analytical  Engines", "position": "Countess",
        "phone": "+44 1234 567890", "language": "de", "timezone": "Europe/London",
    });
    import(&world, &[row, json!({ "email": "bob@example.com" })]).await;
    let user = world
        .postern
        .find_user(&EmailAddress::parse("root@example.com").unwrap())
        .await
        .unwrap();
    assert_eq!(
        (user.role, user.email_verified, user.phone_verified),
        (Role::NetworkManager, true, false)
    );
    assert_eq!(
        (user.full_name().as_str(), user.company.as_str()),
        ("Ada Lovelace", "Analytical Engines")
    );
    assert_eq!(
        (user.phone.as_str(), user.timezone.as_str()),
        ("+441234567890", "Europe/London")
    );
    let bob = world.anyone().sign_in("bob@example.com").await;
    bob.profile().await.expect(200);
    let mut out = Vec::new();
    export(&world.postern, &mut out).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    let rows: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let root = rows
        .iter()
        .find(|row| row["email"] == "root@example.com")
        .unwrap();
    assert_eq!(
        (&root["username"], &root["last_name"]),
        (&json!("Root"), &json!("Lovelace"))
    );
    assert!(!out.contains("hash") && !out.contains("audit_key"), "{out}");
    // What is written can be read.
    let elsewhere = World::new().await;
    let (refused, summary) = import_text(&elsewhere, &out).await;
    assert_eq!(
        (refused.as_str(), summary.as_str()),
        ("", "2 made, 0 there already, 0 refused")
    );
}

#[tokio::test]
async fn what_a_row_says_is_proven_is_and_nothing_else() {
    let world = World::new().await;
    let (_, password, hash) = HASHES[0];
    let row = |name: &str, proven: bool| {
        let email = format!("{name}@example.com");
        json!({ "email": email, "username": name, "email_verified": proven, "password_hash": hash })
    };
    import(&world, &[row("ada", true), row("bob", false)]).await;
    for (name, status) in [("ada", 200), ("bob", 401)] {
        world.anyone().sign_in(&format!("{name}@example.com")).await;
        assert_eq!(sign_in(&world, name, password).await, status, "{name}");
    }
}

#[tokio::test]
async fn a_password_is_tried_as_it_was_typed_until_its_hash_is_ours() {
    let world = World::new().await;
    // django.contrib.auth.hashers of the decomposed text.
    let hash = "pbkdf2_sha256$1000$seasalt$ZHl463Q4amVR6YZ6PuKthUk+BB/1Z1PJC7mTVKdrVLc=";
    let row = json!({ "email": "ada@example.com", "email_verified": true, "password_hash": hash });
    import(&world, &[row]).await;
    let (decomposed, composed) = ("le\u{300}tmein", "l\u{e8}tmein");
    let name = "ada@example.com";
    assert_eq!(sign_in(&world, name, composed).await, 401);
    assert_eq!(sign_in(&world, name, decomposed).await, 200);
    assert!(stored_hash(&world).await.starts_with("$argon2id$"));
    for spelling in [composed, decomposed] {
        assert_eq!(sign_in(&world, name, spelling).await, 200);
    }
}

#[tokio::test]
async fn whoever_is_given_rights_by_a_file_hears_of_it() {
    let world = World::new().await;
    let rows = [
        json!({ "email": "ada@example.com", "email_verified": true, "role": "admin" }),
        json!({ "email": "olga@example.com", "role": "admin" }),
        json!({ "email": "grace@example.com", "email_verified": true }),
    ];
    import(&world, &rows).await;
    for (address, letters) in [("ada", 1), ("olga", 1), ("grace", 0)] {
        let address = format!("{address}@example.com");
        assert_eq!(world.mail(&address).len(), letters, "{address}");
    }
}
