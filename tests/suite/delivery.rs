//! The courier, through the real SDK, into the sinks.

use delivery::{Courier, TextPolicy};
use domain::PhoneNumber;
use tests::World;

fn courier(world: &World, calling_codes: &[&str]) -> Courier {
    let texts = TextPolicy {
        sender_id: Some("Postern".to_owned()),
        calling_codes: calling_codes
            .iter()
            .map(|code| (*code).to_owned())
            .collect(),
    };
    Courier::new(
        &world.aws.ses,
        &world.aws.sns,
        "id@example.com",
        None,
        "Postern",
        texts,
    )
}

#[tokio::test]
async fn texts_go_where_the_operator_lets_them() {
    let world = World::new().await;
    let number = PhoneNumber::parse("+4915112345678").unwrap();
    courier(&world, &["1", "49"])
        .text(&number, "Your code is 123456")
        .await
        .unwrap();
    let texts = world.mail("+4915112345678");
    assert_eq!(
        (texts.len(), texts[0].text.as_str()),
        (1, "Your code is 123456")
    );
    for codes in [&["1", "43"][..], &[]] {
        courier(&world, codes)
            .text(&number, "Your code is 123456")
            .await
            .unwrap_err();
    }
    assert_eq!(world.mail("+4915112345678").len(), 1);
}
