//! A site from nothing, by the command line.

use ::tests::World;
use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
enum Line {
    #[command(subcommand)]
    Event(crate::event::Command),
    #[command(subcommand)]
    Device(crate::device::Command),
    #[command(subcommand)]
    Operator(Command),
    Audit(crate::audit::Command),
}

/// Runs a command as it is typed after `cargo ctl`.
async fn run(world: &World, line: &str) -> Result<Report, Failure> {
    let words = ["ctl"].into_iter().chain(line.split(' '));
    match Line::try_parse_from(words).expect("a command") {
        Line::Event(command) => command.run(&world.postern).await,
        Line::Device(command) => command.run(&world.postern).await,
        Line::Operator(command) => command.run(&world.postern).await,
        Line::Audit(command) => command.run(&world.postern).await,
    }
}

async fn refusal(world: &World, line: &str) -> String {
    run(world, line).await.expect_err(line).to_string()
}

#[tokio::test]
async fn a_site_is_made_worked_at_and_ended() {
    let world = World::new().await;
    let event = run(&world, "event create --name Fair").await.unwrap().json["id"].clone();
    let line = format!("operator appoint --email olga@example.com --event {event} --mode 4");
    let olga = run(&world, &line).await.unwrap();
    assert_eq!(olga.json["role"], "operator");
    assert!(
        olga.text
            .ends_with(&format!("operator event {event} mode 4")),
        "{}",
        olga.text
    );
    assert_eq!(
        world.mail("olga@example.com").len(),
        2,
        "of the rights, and one to choose a password"
    );

    let line = format!("device register --event {event} --mac aabbccddeeff --name Gate");
    let device = run(&world, &line).await.unwrap().json["id"].clone();
    assert!(refusal(&world, &line).await.contains("already"));
    let line = format!("device give --id {device} --operator {}", olga.json["id"]);
    let given = run(&world, &line).await.unwrap();
    assert!(
        given
            .text
            .contains("AA:BB:CC:DD:EE:FF) is in use, with operator"),
        "{}",
        given.text
    );
    run(&world, &format!("device archive --id {device}"))
        .await
        .unwrap();
    let listed = run(&world, &format!("device list --event {event}"))
        .await
        .unwrap();
    assert!(
        listed.text.contains("archived 2027-01-15"),
        "{}",
        listed.text
    );

    let id = &olga.json["id"];
    let moved = run(
        &world,
        &format!("operator move --id {id} --role network_manager"),
    )
    .await;
    assert_eq!(moved.unwrap().json["role"], "network_manager");
    let listed = run(&world, &format!("operator list --event {event}"))
        .await
        .unwrap();
    assert_eq!(listed.json.as_array().map(Vec::len), Some(1));
    let gone = run(&world, &format!("operator dismiss --id {id}"))
        .await
        .unwrap();
    assert_eq!(gone.json["event_id"], json!(null));

    let ended = run(&world, &format!("event end --id {event}"))
        .await
        .unwrap();
    assert!(
        ended.text.contains("(Fair) ended 2027-01-15"),
        "{}",
        ended.text
    );
    let listed = run(&world, "event list").await.unwrap();
    assert_eq!(listed.json.as_array().map(Vec::len), Some(1));

    let audit = run(&world, &format!("audit --event {event}"))
        .await
        .unwrap();
    let kinds: Vec<_> = audit.json["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].clone())
        .collect();
    assert_eq!(kinds.len(), 5, "{}", audit.text);
    for kind in [
        "EVENT_CREATED",
        "DEVICE_REGISTERED",
        "DEVICE_CHANGED",
        "EVENT_CHANGED",
    ] {
        assert!(kinds.contains(&json!(kind)), "{kind}");
    }
}

#[tokio::test]
async fn a_vendor_has_a_trail() {
    let world = World::new().await;
    let body = json!({ "name": "Engines", "email": "engines@example.com", "password": "difference engine" });
    world
        .anyone()
        .post("/vendor/register_vendor", &body)
        .await
        .expect(200);
    let audit = run(&world, "audit --vendor engines@example.com")
        .await
        .unwrap();
    assert!(audit.text.contains("ACCOUNT_CREATED"), "{}", audit.text);
    assert!(
        audit.text.contains("192.0.2.1"),
        "readable by its own key: {}",
        audit.text
    );
}

#[tokio::test]
async fn what_there_is_not_is_said() {
    let world = World::new().await;
    for line in [
        "event end --id 7",
        "device register --event 7 --mac aabbccddeeff",
        "device list --event 7",
        "device archive --id 7",
        "operator appoint --email olga@example.com --event 7",
        "operator list --event 7",
        "operator move --id 7 --mode 1",
        "operator dismiss --id 7",
    ] {
        assert!(refusal(&world, line).await.starts_with("no "), "{line}");
    }
}
