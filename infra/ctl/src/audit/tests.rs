//! The command against a whole installation.

use ::tests::World;
use domain::EmailAddress;
use serde_json::json;

use super::*;

/// Runs the command as it is typed after `cargo ctl audit`.
async fn run(world: &World, line: &str) -> Result<Report, Failure> {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        command: Command,
    }
    let words = ["audit"].into_iter().chain(line.split(' '));
    let Line { command } = clap::Parser::try_parse_from(words).expect("a command");
    command.run(&world.postern).await
}

/// Ada signs in, mistypes a code, and is locked.
async fn story(world: &World) {
    let wrong = async || {
        let ada = "ada@example.com";
        world.anyone().request_code(ada).await.expect(200);
        let typed = world.wrong_code(ada);
        world.anyone().verify_code(ada, &typed).await.expect(401);
    };
    world.anyone().sign_in("ada@example.com").await;
    world.clock.advance(60);
    wrong().await;
    world.clock.advance(60);
    wrong().await;
    world.clock.advance(60);
    let ada = EmailAddress::parse("ada@example.com").unwrap();
    world.postern.lock_user(&ada).await.unwrap();
}

fn kinds(report: &Report) -> Vec<&str> {
    let events = report.json["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn events_are_told_latest_first_with_where_they_came_from() {
    let world = World::new().await;
    story(&world).await;
    let all = run(&world, "--email ada@example.com").await.unwrap();
    let expected = [
        "ACCOUNT_LOCKED",
        "SIGN_IN_FAILED",
        "SIGN_IN_FAILED",
        "ACCOUNT_CREATED",
    ];
    assert_eq!(kinds(&all), expected);
    assert_eq!(all.json["total"], 4);
    let [locked, .., created] = all.json["events"].as_array().unwrap().as_slice() else {
        panic!("four events");
    };
    assert_eq!(
        (&locked["actor"], &locked["ip"]),
        (&json!("operator"), &json!(null))
    );
    assert_eq!(created["ip"], "192.0.2.1");
    assert!(all.text.contains("SIGN_IN_FAILED"), "{}", all.text);
}

#[tokio::test]
async fn they_are_chosen_by_kind_and_time_and_told_page_by_page() {
    let world = World::new().await;
    story(&world).await;
    let failed = run(
        &world,
        "--email ada@example.com --kind SIGN_IN_FAILED --limit 1",
    )
    .await
    .unwrap();
    assert_eq!(
        (kinds(&failed).len(), &failed.json["total"]),
        (1, &json!(2))
    );
    let line = format!(
        "--email ada@example.com --kind SIGN_IN_FAILED --limit 1 --before {}",
        failed.json["next"].as_str().unwrap()
    );
    let second = run(&world, &line).await.unwrap();
    assert_ne!(
        second.json["events"][0]["id"],
        failed.json["events"][0]["id"]
    );
    let early = run(
        &world,
        "--email ada@example.com --until 2027-01-15T08:00:59Z",
    )
    .await
    .unwrap();
    assert_eq!(kinds(&early), ["ACCOUNT_CREATED"]);
    let late = run(
        &world,
        "--email ada@example.com --since 2027-01-15T08:03:00Z",
    )
    .await
    .unwrap();
    assert_eq!(kinds(&late), ["ACCOUNT_LOCKED"]);
}

#[tokio::test]
async fn a_deleted_account_is_found_by_its_name() {
    let world = World::new().await;
    let ada = EmailAddress::parse("ada@example.com").unwrap();
    world.anyone().sign_in("ada@example.com").await;
    let sub = world.postern.find_user(&ada).await.unwrap().sub;
    world.postern.delete_user(&ada).await.unwrap();
    let gone = run(&world, "--email ada@example.com").await.unwrap_err();
    assert_eq!(gone, Failure::refused("nobody holds that address"));
    let all = run(&world, &format!("--sub {sub}")).await.unwrap();
    assert_eq!(all.json["total"], 2);
}
