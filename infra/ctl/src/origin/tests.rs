//! The commands against a whole installation.

use ::tests::World;

use super::*;

fn typed(line: &str) -> Command {
    #[derive(clap::Parser)]
    struct Line {
        #[command(subcommand)]
        command: Command,
    }
    let words = ["origin"].into_iter().chain(line.split(' '));
    let Line { command } = clap::Parser::try_parse_from(words).expect("a command");
    command
}

/// Runs a command as it is typed after `cargo ctl origin`.
async fn run(world: &World, line: &str) -> Result<Report, Failure> {
    typed(line).run(&world.postern).await
}

#[tokio::test]
async fn an_origin_is_added_listed_and_removed() {
    let world = World::new().await;
    let added = run(&world, "add HTTPS://App.Example.com:443")
        .await
        .unwrap();
    assert_eq!(added.text, "https://app.example.com is listed as web");
    run(&world, "add --native https://localhost").await.unwrap();
    let listed = run(&world, "list").await.unwrap();
    let lines: Vec<&str> = listed.text.lines().collect();
    assert_eq!(
        lines,
        [
            "web     http://localhost:4200",
            "web     https://app.example.com",
            "native  capacitor://localhost",
            "native  ionic://localhost",
            "native  http://localhost",
            "native  https://localhost",
        ]
    );
    let removed = run(&world, "remove https://app.example.com").await.unwrap();
    assert_eq!(removed.text, "https://app.example.com is removed");
    assert_eq!(removed.json["web"], json!(["http://localhost:4200"]));
    // As another process reads it.
    let elsewhere = world.another_instance(7).await;
    assert_eq!(elsewhere.origins(), world.postern.origins());
}

#[tokio::test]
async fn what_is_listed_or_is_not_is_said() {
    let world = World::new().await;
    let twice = run(&world, "add --native http://localhost:4200").await;
    assert!(twice.unwrap_err().to_string().contains("listed already"));
    let unknown = run(&world, "remove https://app.example.com").await;
    assert!(unknown.unwrap_err().to_string().contains("not listed"));
}

#[test]
fn an_app_needs_its_word() {
    assert!(typed("add --native capacitor://localhost").check().is_ok());
    assert!(typed("add http://localhost:8100").check().is_ok());
    let refused = typed("add capacitor://localhost").check();
    assert!(matches!(refused, Err(Failure::Usage(_))), "{refused:?}");
}
