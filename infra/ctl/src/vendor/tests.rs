//! The commands against a whole installation.

use ::tests::{Answer, World};
use serde_json::json;

use super::*;

const PASSWORD: &str = "analytical engine no. 1";

/// Runs a command as it is typed after `cargo ctl vendor`.
async fn run(world: &World, line: &str) -> Result<Report, Failure> {
    #[derive(clap::Parser)]
    struct Line {
        #[command(subcommand)]
        command: Command,
    }
    let words = ["vendor"].into_iter().chain(line.split(' '));
    let Line { command } = clap::Parser::try_parse_from(words).expect("a command");
    command.run(&world.postern).await
}

async fn registered() -> World {
    let world = World::new().await;
    let body = json!({ "name": "Engines", "email": "shop@example.com", "password": PASSWORD });
    let made = world.anyone().post("/vendor/register_vendor", &body).await;
    made.expect(200);
    world
}

async fn login(world: &World) -> Answer {
    let body = json!({ "email": "shop@example.com", "password": PASSWORD });
    world.anyone().post("/vendor/login", &body).await
}

#[tokio::test]
async fn a_vendor_is_shown_without_its_secrets() {
    let world = registered().await;
    let report = run(&world, "show --email Shop@Example.com").await.unwrap();
    assert_eq!(report.json["name"], "Engines");
    assert_eq!(report.json["status"], "active");
    for said in [report.text, report.json.to_string()] {
        assert!(
            !said.contains("argon2") && !said.contains("audit_key"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_vendor_is_locked_made_to_change_and_deleted() {
    let world = registered().await;
    let locked = run(&world, "lock --email shop@example.com").await.unwrap();
    assert_eq!(locked.text, "shop@example.com is locked");
    login(&world).await.expect(400);
    let refused = run(&world, "reset --email shop@example.com").await;
    assert!(refused.unwrap_err().to_string().contains("locked"));
    let unlocked = run(&world, "unlock --email shop@example.com").await;
    assert_eq!(unlocked.unwrap().json["status"], "active");
    login(&world).await.expect(200);
    let line = "require-password-change --email shop@example.com";
    let owing = run(&world, line).await.unwrap();
    assert_eq!(
        owing.text,
        "shop@example.com is active, has to replace its password"
    );
    login(&world).await.expect(403);
    run(&world, "reset --email shop@example.com").await.unwrap();
    assert!(!world.mail("shop@example.com").is_empty());
    run(&world, "delete --email shop@example.com --yes")
        .await
        .unwrap();
    login(&world).await.expect(400);
    for line in ["show", "lock", "delete --yes", "reset"] {
        let gone = run(&world, &format!("{line} --email shop@example.com")).await;
        assert_eq!(gone.unwrap_err().to_string(), "no vendor has that address");
    }
}
