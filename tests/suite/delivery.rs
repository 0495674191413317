//! The courier, through the real SDK, into the sinks.

use delivery::{Courier, Language, TextMessage, TextPolicy};
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

fn code() -> TextMessage {
    TextMessage::SignInCode {
        code: "012345".to_owned(),
        minutes: 5,
    }
}

#[tokio::test]
async fn texts_go_where_the_operator_lets_them() {
    let world = World::new().await;
    let number = PhoneNumber::parse("+4915112345678").unwrap();
    courier(&world, &["1", "49"])
        .text(
            delivery::Postage::paid(),
            &number,
            &code(),
            Language::English,
        )
        .await
        .unwrap();
    let texts = world.mail("+4915112345678");
    assert_eq!(
        (texts.len(), texts[0].text.as_str()),
        (
            1,
            "012345 is your Postern code, good for 5 minutes. Tell it to nobody."
        )
    );
    for codes in [&["1", "43"][..], &[]] {
        courier(&world, codes)
            .text(
                delivery::Postage::paid(),
                &number,
                &code(),
                Language::English,
            )
            .await
            .unwrap_err();
    }
    assert_eq!(world.mail("+4915112345678").len(), 1);
}
