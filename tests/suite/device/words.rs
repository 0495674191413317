//! The page in its reader's language.

use tests::{Visitor, World};

use crate::api::{ADA, Device};

#[tokio::test]
async fn the_page_speaks_the_browsers_language() {
    let world = World::new().await;
    for (accept, tag, heading) in [
        (
            "de-AT,de;q=0.9,en;q=0.5",
            "de",
            "Um ein Gerät mit Ihrem Konto zu verbinden",
        ),
        ("en", "en", "To connect a device to your account"),
        ("fr,de;q=0.5", "en", "To connect a device to your account"),
        ("*", "en", "To connect a device to your account"),
    ] {
        let reader = world.anyone().header("accept-language", accept);
        let page = Visitor::open(reader, "/device").await.page.text;
        assert!(page.contains(&format!("<html lang=\"{tag}\">")), "{accept}");
        assert!(page.contains(heading), "{accept}: {page}");
    }
}

#[tokio::test]
async fn every_state_and_every_refusal_is_in_it() {
    let world = World::new().await;
    let device = Device::asking_from(&world, "203.0.113.50").await;
    let german = world.anyone().header("accept-language", "de");
    let mut browser = Visitor::open(german.clone(), "/device").await;
    let said = |browser: &Visitor<'_>, part: &str| {
        let text = &browser.page.text;
        assert!(text.contains(part), "{part}: {text}");
        assert!(text.contains("<html lang=\"de\">"));
    };
    browser.named(" ").await;
    said(&browser, "Bitte tippen Sie Ihre E-Mail-Adresse");
    browser.ask_for_code(ADA).await;
    said(
        &browser,
        "Wir haben an <strong>ada@example.com</strong> geschrieben",
    );
    let letter = &world.mail(ADA)[0].subject;
    assert!(letter.contains("ist Ihr Code"), "the letter, too: {letter}");
    let wrong = world.wrong_code(ADA);
    browser.fill("/sign-in/code", &[("code", &wrong)]).await;
    said(&browser, "Dieser Code gilt nicht (mehr)");
    let code = world.code(ADA);
    browser.fill("/sign-in/code", &[("code", &code)]).await;
    said(&browser, "Angemeldet als");
    browser
        .fill("/device/check", &[("user_code", "nonsense")])
        .await;
    said(&browser, "Unter diesem Code wartet kein Gerät");
    world.clock.advance(42);
    let typed = [("user_code", device.user_code.as_str())];
    browser.fill("/device/check", &typed).await;
    said(&browser, "vor 42 Sekunden");
    said(&browser, "<strong>nicht Ihrer Adresse</strong>");
    let mut forged = browser.clone();
    forged.fill("/device/approve", &[("token", "x")]).await;
    assert_eq!(forged.page.status, 403);
    said(&forged, "Dieses Formular ist zu alt");
    browser.fill("/device/approve", &[]).await;
    said(&browser, "Ihr Gerät ist verbunden");
    let missing = german.get("/device/nothing").await.expect(404).text;
    assert!(
        missing.contains("Hier ist nichts") || missing.starts_with('{'),
        "{missing}"
    );
}

#[tokio::test]
async fn an_account_says_it_where_the_browser_does_not() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    world
        .set_user(ADA, |user| "de".clone_into(&mut user.language))
        .await;
    world.clock.advance(60);
    let mut browser = Visitor::open(world.anyone(), "/device").await;
    assert!(
        browser.page.text.contains("<html lang=\"en\">"),
        "nobody yet"
    );
    browser.with_code(ADA).await;
    assert!(
        browser.page.text.contains("Angemeldet als"),
        "{}",
        browser.page.text
    );
}
