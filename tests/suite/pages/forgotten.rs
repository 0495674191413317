//! The way back to a forgotten password.

use tests::World;

use super::{ADA, at, is_in, likeness, says, with_ada};
use crate::auth::{OTHER, PASSWORD, register};

/// The link in the newest letter, without its host.
fn link(world: &World) -> String {
    let letters = world.mail(ADA);
    let start = "https://id.example.com/password/new?token=";
    let line = letters[0].text.lines().find(|line| line.starts_with(start));
    let line = line.unwrap_or_else(|| panic!("{}", letters[0].text));
    line.strip_prefix("https://id.example.com")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn the_letter_links_the_page_where_another_is_chosen() {
    let world = with_ada().await;
    let mut browser = at(&world, "192.0.2.1", "/sign-in").await;
    browser.named(ADA).await;
    let (_, at_step) = browser.page.text.split_once("/password?at=").unwrap();
    let path = format!("/password?at={}", at_step.split('"').next().unwrap());
    browser.go(&path).await;
    says(&browser, "value=\"ada@example.com\"");
    browser.fill("/password", &[("name", ADA)]).await;
    says(&browser, "We wrote to");
    let link = link(&world);
    // In another browser, perhaps.
    let mut reader = at(&world, "192.0.2.1", &link).await;
    for (typed, said) in [
        ("", "Please type a password"),
        ("short", "characters are the least"),
    ] {
        reader.fill("/password/new", &[("password", typed)]).await;
        assert_eq!(reader.page.status, 400);
        says(&reader, said);
    }
    let form = reader.clone();
    reader.fill("/password/new", &[("password", OTHER)]).await;
    says(&reader, "Your password is replaced");
    reader.with_password(ADA, OTHER).await;
    is_in(&reader);
    let mut again = form;
    again.fill("/password/new", &[("password", PASSWORD)]).await;
    assert_eq!(again.page.status, 400);
    says(&again, "does not work any more");
    let mut unknown = at(&world, "192.0.2.1", "/password/new?token=x").await;
    unknown.fill("/password/new", &[("password", OTHER)]).await;
    assert_eq!(likeness(&unknown, "…"), likeness(&again, "…"));
}

#[tokio::test]
async fn a_username_gets_a_code() {
    let world = with_ada().await;
    let mut browser = at(&world, "192.0.2.1", "/password").await;
    browser.fill("/password", &[("name", "ada")]).await;
    says(&browser, "If there is an account called");
    browser.fill("/password/code", &[]).await;
    assert_eq!(browser.page.status, 400);
    // Both at once, each beside its field.
    says(&browser, "Please type the code");
    says(&browser, "Please type a password");
    let typed = [("code", "000000"), ("password", OTHER)];
    browser.fill("/password/code", &typed).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "does not work");
    let code = world.code(ADA);
    let typed = [("code", code.as_str()), ("password", "short")];
    browser.fill("/password/code", &typed).await;
    assert_eq!(browser.page.status, 400);
    says(&browser, "characters are the least");
    let typed = [("code", code.as_str()), ("password", OTHER)];
    browser.fill("/password/code", &typed).await;
    says(&browser, "Your password is replaced");
    browser.with_password("ada", OTHER).await;
    is_in(&browser);
}

#[tokio::test]
async fn known_and_unknown_names_look_the_same() {
    let world = with_ada().await;
    register(&world.anyone(), "bob", "bob@example.com", PASSWORD)
        .await
        .expect(200);
    for names in [["ada@example.com", "eve@example.com"], ["ada", "eve"]] {
        let mut looks = Vec::new();
        for (n, name) in names.into_iter().enumerate() {
            let mut browser = at(&world, &format!("198.51.100.{n}"), "/password").await;
            browser.fill("/password", &[("name", name)]).await;
            looks.push((browser.page.status, likeness(&browser, name)));
        }
        assert_eq!(looks[0], looks[1]);
    }
    let mut browser = at(&world, "192.0.2.1", "/password").await;
    browser.fill("/password", &[("name", " ")]).await;
    assert_eq!(browser.page.status, 400);
}
