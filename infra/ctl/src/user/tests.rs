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
    let owes = run(&world, line).await.unwrap();
    let said = "ada@example.com is active, role user, has to replace its password";
    assert_eq!(
        (owes.text.as_str(), &owes.json["must_change_password"]),
        (said, &json!(true))
    );
    ada.profile().await.expect(401);
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
