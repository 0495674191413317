//! The commands against a whole installation.

use ::tests::World;
use serde_json::json;

use super::*;

/// Runs a command as it is typed after `cargo ctl user`.
async fn run(world: &World, line: &str) -> Result<Report, Failure> {
    #[derive(clap::Parser)]
    struct Line {
        #[command(subcommand)]
        command: Command,
    }
    let words = ["user"].into_iter().chain(line.split(' '));
    let Line { command } = clap::Parser::try_parse_from(words).expect("a command");
    command.run(&world.postern).await
}

#[tokio::test]
async fn an_account_is_shown_without_its_secrets() {
    let world = World::new().await;
    world.anyone().sign_in("ada@example.com").await;
    let secret = world
        .postern
        .find_user(&address("ada@example.com").unwrap())
        .await
        .unwrap()
        .audit_key;
    let report = run(&world, "show --email Ada@Example.com").await.unwrap();
    assert_eq!(report.json["email"], "ada@example.com");
    assert_eq!(report.json["created_at"], "2027-01-15T08:00:00Z");
    assert!(
        report.text.contains("\nstatus                active\n"),
        "{}",
        report.text
    );
    for said in [report.text, report.json.to_string()] {
        assert!(
            !said.contains(&secret) && !said.contains("audit_key"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_lock_ends_the_session_and_can_be_taken_back() {
    let world = World::new().await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    let locked = run(&world, "lock --email ada@example.com").await.unwrap();
    assert_eq!(locked.text, "ada@example.com is locked, role user");
    ada.profile().await.expect(401);
    let unlocked = run(&world, "unlock --email ada@example.com").await.unwrap();
    assert_eq!(unlocked.json["status"], "active");
}

#[tokio::test]
async fn a_deactivation_stands_beside_a_lock() {
    let world = World::new().await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    let off = run(&world, "deactivate --email ada@example.com").await;
    assert_eq!(
        off.unwrap().text,
        "ada@example.com is deactivated, role user"
    );
    ada.profile().await.expect(401);
    let both = run(&world, "lock --email ada@example.com").await.unwrap();
    assert_eq!(
        both.text,
        "ada@example.com is locked, deactivated, role user"
    );
    let listed = run(&world, "list").await.unwrap();
    assert_eq!(listed.json["users"][0]["deactivated"], true);
    let on = run(&world, "activate --email ada@example.com")
        .await
        .unwrap();
    assert_eq!(on.text, "ada@example.com is locked, role user");
}

#[tokio::test]
async fn a_password_has_to_be_replaced() {
    let world = World::new().await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    let line = "require-password-change --email ada@example.com";
    let none = run(&world, line).await.unwrap_err().to_string();
    assert!(none.contains("no password"), "{none}");
    world
        .set_user("ada@example.com", |user| {
            user.ways_in.push(domain::account::WayIn::Password);
        })
        .await;
    let owes = run(&world, line).await.unwrap();
    let said = "ada@example.com is active, role user, has to replace its password";
    assert_eq!(
        (owes.text.as_str(), &owes.json["must_change_password"]),
        (said, &json!(true))
    );
    ada.profile().await.expect(401);
}

#[tokio::test]
async fn a_code_that_replaces_the_password_is_sent() {
    let world = World::new().await;
    world.anyone().sign_in("ada@example.com").await;
    let line = "reset-password --email ada@example.com";
    let refused = run(&world, line).await.unwrap_err().to_string();
    assert!(refused.contains("password"), "{refused}");
    world
        .set_user("ada@example.com", |user| {
            user.ways_in.push(domain::account::WayIn::Password);
        })
        .await;
    let sent = run(&world, line).await.unwrap();
    assert_eq!(sent.json["sent_to"], "ada@example.com");
    assert_eq!(world.code("ada@example.com").len(), 6);
}

#[tokio::test]
async fn a_role_is_given() {
    let world = World::new().await;
    world.anyone().sign_in("ada@example.com").await;
    let line = "set-role --email ada@example.com --role network_manager";
    assert_eq!(
        run(&world, line).await.unwrap().json["role"],
        "network_manager"
    );
    let shown = run(&world, "show --email ada@example.com").await.unwrap();
    assert_eq!(shown.json["role"], "network_manager");
}

#[tokio::test]
async fn a_role_of_an_address_that_nobody_proved_waits_and_that_is_said() {
    let world = World::new().await;
    let body = json!({
        "username": "ada", "email": "ada@example.com", "password": "analytical engine no. 1",
    });
    let client = world.anyone();
    client.post("/auth/register", &body).await.expect(200);
    let line = "set-role --email ada@example.com --role admin";
    let given = run(&world, line).await.unwrap();
    let said = "ada@example.com is active, role user; nobody has proven the address yet, so the role admin waits";
    assert!(given.text.starts_with(said), "{}", given.text);
    assert_eq!(
        [&given.json["role"], &given.json["waiting_role"]],
        ["user", "admin"]
    );
    // The first administrator of an installation: a code, and then the role.
    client.sign_in("ada@example.com").await;
    let shown = run(&world, "show --email ada@example.com").await.unwrap();
    assert_eq!(shown.json["role"], "admin");
    assert_eq!(shown.json["waiting_role"], json!(null));
    assert!(!shown.text.contains("waiting_role"), "{}", shown.text);
    let again = run(&world, line).await.unwrap();
    assert_eq!(again.text, "ada@example.com is active, role admin");
}

#[tokio::test]
async fn a_deleted_account_is_held_by_nobody() {
    let world = World::new().await;
    world.anyone().sign_in("ada@example.com").await;
    let deleted = run(&world, "delete --yes --email ada@example.com")
        .await
        .unwrap();
    assert_eq!(deleted.json, json!({ "deleted": "ada@example.com" }));
    for command in ["show", "lock", "unlock", "delete --yes"] {
        let refused = run(&world, &format!("{command} --email ada@example.com")).await;
        assert_eq!(
            refused.unwrap_err().to_string(),
            "nobody holds that address",
            "{command}"
        );
    }
}

#[tokio::test]
async fn a_deleted_account_comes_back_once() {
    let world = World::new().await;
    let line = "restore --email ada@example.com";
    let nobody = "no deleted account had that address";
    let refused = run(&world, line).await.unwrap_err();
    assert_eq!(refused.to_string(), nobody);
    world.anyone().sign_in("ada@example.com").await;
    let refused = run(&world, line).await.unwrap_err();
    assert_eq!(refused.to_string(), nobody);
    let delete = "delete --yes --email ada@example.com";
    run(&world, delete).await.unwrap();
    let restored = run(&world, line).await.unwrap();
    assert_eq!(restored.text, "ada@example.com is active, role user");
    let refused = run(&world, line).await.unwrap_err();
    assert_eq!(refused.to_string(), nobody);
}

#[tokio::test]
async fn an_earlier_account_of_an_address_comes_back_by_its_name() {
    let world = World::new().await;
    let delete = "delete --yes --email ada@example.com";
    world.anyone().sign_in("ada@example.com").await;
    let shown = run(&world, "show --email ada@example.com").await.unwrap();
    let first = shown.json["sub"].as_str().unwrap().to_owned();
    run(&world, delete).await.unwrap();
    world.clock.advance(60);
    world.anyone().sign_in("ada@example.com").await;
    let line = format!("restore --email ada@example.com --sub {first}");
    let refused = run(&world, &line).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "somebody else holds that address by now"
    );
    run(&world, delete).await.unwrap();
    let restored = run(&world, &line).await.unwrap();
    assert_eq!(restored.json["sub"], json!(first));
    let other = line.replace("ada@", "eve@");
    assert!(run(&world, &other).await.is_err(), "not its address");
}

#[tokio::test]
async fn pages_follow_each_other() {
    let world = World::new().await;
    assert_eq!(run(&world, "list").await.unwrap().text, "no accounts");
    for name in ["ada", "eve", "joe"] {
        world.anyone().sign_in(&format!("{name}@example.com")).await;
    }
    let first = run(&world, "list --limit 2").await.unwrap();
    let next = first.json["next"].as_str().unwrap().to_owned();
    assert!(
        first.text.ends_with(&format!("\nmore: --after '{next}'")),
        "{}",
        first.text
    );
    let second = run(&world, &format!("list --limit 2 --after {next}"))
        .await
        .unwrap();
    assert_eq!(second.json["next"], json!(null));
    let emails = |report: &Report| -> Vec<String> {
        let users = report.json["users"].as_array().unwrap();
        users
            .iter()
            .map(|user| user["email"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut all = [emails(&first), emails(&second)].concat();
    all.sort();
    assert_eq!(
        all,
        ["ada@example.com", "eve@example.com", "joe@example.com"]
    );
}

/// Gives an account a name as it was before names had one form, with its claim.
async fn name_of_before(world: &World, email: &str, name: &str) {
    use aws_sdk_dynamodb::types::AttributeValue;
    let user = world.postern.find_user(&address(email).unwrap()).await;
    let user = user.unwrap();
    world
        .set_user(email, |user| user.username = name.to_owned())
        .await;
    let mut claim = store::key::username_claim_of_before(name).attributes();
    claim.insert("sub".to_owned(), AttributeValue::S(user.sub.to_string()));
    let put = world.db.put_item().table_name(&world.table);
    put.set_item(Some(claim)).send().await.unwrap();
    let delete = world.db.delete_item().table_name(&world.table);
    let coined = store::key::username_claim(&user.username).attributes();
    delete.set_key(Some(coined)).send().await.unwrap();
}

/// Who holds a name today, by address.
async fn holder(world: &World, name: &str) -> Option<String> {
    let key = store::key::username_claim(name).attributes();
    let get = world.db.get_item().table_name(&world.table);
    let claim = get.set_key(Some(key)).send().await.unwrap().item?;
    let sub = claim["sub"].as_s().unwrap().clone();
    let listed = run(world, "list").await.unwrap().json;
    let users = listed["users"].as_array().unwrap().iter();
    let user = users.into_iter().find(|user| user["sub"] == sub.as_str())?;
    user["email"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn names_of_before_are_respelled_and_their_claims_moved() {
    let world = World::new().await;
    for (name, username) in [
        ("ada", "Jo\u{308}rg"),
        ("bob", "J\u{f6}rg"),
        ("eve", "Jose\u{301}"),
        ("joe", "a\u{200b}dmin"),
        ("kim", "kim"),
    ] {
        let email = format!("{name}@example.com");
        world.anyone().sign_in(&email).await;
        name_of_before(&world, &email, username).await;
        world.clock.advance(60);
    }
    let before = world.dump(&world.table).await.len();
    let looked = run(&world, "normalize-names").await.unwrap();
    let whats: Vec<_> = looked.json["names"].as_array().unwrap().iter().collect();
    let said: Vec<_> = whats
        .iter()
        .map(|name| name["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        said,
        [
            "another account has it: stays",
            "becomes Jos\u{e9}",
            "nobody could take it today: stays"
        ]
    );
    assert!(looked.text.contains("a\\u{200b}dmin"), "{}", looked.text);
    assert!(looked.text.ends_with("nothing was written: say --apply"));
    assert_eq!(
        holder(&world, "jos\u{e9}").await,
        None,
        "nothing was written"
    );

    let applied = run(&world, "normalize-names --apply").await.unwrap_err();
    assert!(
        applied
            .to_string()
            .ends_with("1 respelled, 0 replaced, 2 left"),
        "{applied}"
    );
    assert_eq!(
        holder(&world, "JOSE\u{301}").await.as_deref(),
        Some("eve@example.com")
    );
    let show = run(&world, "show --email eve@example.com").await.unwrap();
    assert_eq!(show.json["username"], "Jos\u{e9}");
    assert_eq!(
        world.dump(&world.table).await.len(),
        before,
        "no claim is left"
    );

    let renamed = run(&world, "normalize-names --apply --rename all").await;
    let renamed = renamed.unwrap().text;
    assert!(
        renamed.ends_with("0 respelled, 2 replaced, 0 left"),
        "{renamed}"
    );
    assert_eq!(
        holder(&world, "j\u{f6}rg").await.as_deref(),
        Some("bob@example.com")
    );
    assert_eq!(world.dump(&world.table).await.len(), before);
    for name in ["ada", "joe"] {
        let show = run(&world, &format!("show --email {name}@example.com")).await;
        let username = show.unwrap().json["username"].as_str().unwrap().to_owned();
        let held = holder(&world, &username).await;
        assert_eq!(held.unwrap(), format!("{name}@example.com"));
    }
    let again = run(&world, "normalize-names").await.unwrap();
    assert_eq!(again.text, "every name has the form of today");
}

#[tokio::test]
async fn two_spellings_of_before_are_a_conflict_before_either_is_moved() {
    let world = World::new().await;
    for (name, username) in [("ada", "Jo\u{308}rg"), ("bob", "jo\u{308}rG")] {
        let email = format!("{name}@example.com");
        world.anyone().sign_in(&email).await;
        let full_width = username.replace('r', "\u{ff52}");
        let username = if name == "ada" { username } else { &full_width };
        name_of_before(&world, &email, username).await;
        world.clock.advance(60);
    }
    let looked = run(&world, "normalize-names").await.unwrap();
    assert_eq!(looked.json["names"][0]["what"], "becomes J\u{f6}rg");
    assert_eq!(
        looked.json["names"][1]["what"],
        "another account has it: stays"
    );
    run(&world, "normalize-names --apply --rename conflicts")
        .await
        .unwrap();
    assert_eq!(
        holder(&world, "J\u{f6}RG").await.as_deref(),
        Some("ada@example.com")
    );
}

#[tokio::test]
async fn an_account_with_a_name_of_before_is_deleted_like_any_other() {
    let world = World::new().await;
    world.anyone().sign_in("ada@example.com").await;
    name_of_before(&world, "ada@example.com", "Jo\u{308}rg").await;
    run(&world, "delete --email ada@example.com --yes")
        .await
        .unwrap();
    let rows = world.dump(&world.table).await;
    let claims = rows.iter().filter_map(|row| row["pk"].as_s().ok());
    assert!(
        !claims
            .into_iter()
            .any(|key| key.starts_with("CLAIM#username#")),
        "its name is free again"
    );
}

#[tokio::test]
async fn a_name_is_listed_however_it_is_typed() {
    let world = World::new().await;
    for (name, username) in [("ada", "AdaLovelace"), ("bob", "J\u{f6}rg")] {
        let email = format!("{name}@example.com");
        world.anyone().sign_in(&email).await;
        name_of_before(&world, &email, username).await;
    }
    for (part, email) in [
        ("AdaLovelace", "ada@example.com"),
        ("daLOVE", "ada@example.com"),
        ("JO\u{308}RG", "bob@example.com"),
        ("BOB@", "bob@example.com"),
    ] {
        let listed = run(&world, &format!("list --matching {part}"))
            .await
            .unwrap();
        assert_eq!(listed.json["users"].as_array().unwrap().len(), 1, "{part}");
        assert_eq!(listed.json["users"][0]["email"], email, "{part}");
    }
}

#[tokio::test]
async fn an_account_is_excused_from_second_factors_and_asked_again() {
    let world = World::new().await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    ada.set_up_totp(&world).await;
    let line = "exempt-mfa --email ada@example.com --reason abroad";
    let excused = run(&world, line).await.unwrap();
    assert_eq!(
        excused.text,
        "ada@example.com is excused from second factors"
    );
    let status = ada.client().get("/nauth/mfa/status").await.expect(200);
    assert_eq!(status.body["mfaExempt"], true);
    assert_eq!(status.body["mfaExemptReason"], "abroad");
    assert!(status.body["mfaExemptGrantedAt"].is_string());
    world.clock.advance(60);
    world.anyone().sign_in("ada@example.com").await;
    let line = "require-mfa --email ada@example.com";
    assert_eq!(run(&world, line).await.unwrap().json["mfa_exempt"], false);
    let status = ada.client().get("/nauth/mfa/status").await.expect(200);
    assert_eq!(status.body["mfaExemptReason"], json!(null));
}
