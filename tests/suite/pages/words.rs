//! The pages in their readers' language, with what the installation says of itself.

use tests::{Visitor, World};

use super::{ADA, says};

#[tokio::test]
async fn a_link_may_ask_for_a_language_and_every_step_keeps_it() {
    let world = World::new().await;
    for (locales, tag) in [
        ("de", "de"),
        ("fr-CH%20de-AT%20en", "de"),
        ("fr", "en"),
        ("%22%3E", "en"),
    ] {
        let path = format!("/sign-in?ui_locales={locales}");
        let browser = Visitor::open(world.anyone(), &path).await;
        says(&browser, &format!("<html lang=\"{tag}\">"));
    }
    let mut browser = Visitor::open(world.anyone(), "/sign-in?ui_locales=de").await;
    browser.ask_for_code(ADA).await;
    says(&browser, "Sehen Sie in Ihre Post");
    let letter = &world.mail(ADA)[0].subject;
    assert!(letter.contains("ist Ihr Code"), "the letter, too: {letter}");
    let wrong = world.wrong_code(ADA);
    browser.fill("/sign-in/code", &[("code", &wrong)]).await;
    says(&browser, "Dieser Code gilt nicht (mehr)");
}

#[tokio::test]
async fn every_page_and_every_refusal_is_in_german_for_who_reads_that() {
    let world = World::new().await;
    let german = world.anyone().header("accept-language", "de");
    for (path, part) in [
        ("/sign-in", "Anmelden"),
        ("/sign-up", "Konto anlegen"),
        ("/password", "Passwort vergessen?"),
        ("/password/new?token=x", "Anderes Passwort wählen"),
        ("/sign-out", "Sie sind abgemeldet"),
        ("/sign-in?reason=expired", "mehr als zehn Minuten alt"),
    ] {
        let page = german.get(path).await.expect(200).text;
        assert!(page.contains(part), "{path}: {page}");
        assert!(page.contains("<html lang=\"de\">"), "{path}");
    }
    let refused = german.form("/sign-in", &[]).await.expect(403).text;
    assert!(refused.contains("Dieses Formular ist zu alt"), "{refused}");
}

#[tokio::test]
async fn an_installation_has_its_name_its_colour_and_its_links() {
    let world = World::with(&[
        ("POSTERN_SERVICE_NAME", "Acme Tickets"),
        ("POSTERN_ACCENT_COLOUR", "#6a1b9a"),
        ("POSTERN_TERMS_URL", "https://acme.example/terms?a=1&b=2"),
        ("POSTERN_PRIVACY_URL", "https://acme.example/privacy"),
    ])
    .await;
    let browser = Visitor::open(world.anyone(), "/sign-in").await;
    says(&browser, "Acme Tickets");
    says(&browser, "https://acme.example/terms?a=1&#38;b=2");
    says(&browser, "https://acme.example/privacy");
    assert!(!browser.page.text.contains(">Help<"));
    let style = world.anyone().get("/style.css").await.expect(200).text;
    assert!(style.contains("--accent: light-dark(#6a1b9a, "), "{style}");
}
