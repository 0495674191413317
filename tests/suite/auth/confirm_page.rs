//! GET /auth/confirm, and its two forms: the page that registration's letter links.

use domain::UnixTime;
use futures_util::future::join_all;
use serde_json::json;
use tests::{Visitor, World};

use super::{ADA, OTHER, PASSWORD, address, is_signed_in, letter_token, login, register, reset};

const MINE: &str = "/auth/confirm/mine";
const NOT_MINE: &str = "/auth/confirm/not-mine";
/// Where ada registers.
const HOME: &str = "192.0.2.1";

/// The path of the link in the newest letter to `address`, as it stands in the text.
pub(super) fn link(world: &World, address: &str) -> String {
    let letters = world.mail(address);
    let mut lines = letters.iter().flat_map(|letter| letter.text.lines());
    let link = lines.find_map(|line| line.strip_prefix("https://id.example.com"));
    link.expect("a link").to_owned()
}

async fn registered() -> World {
    let world = World::new().await;
    register(&world.at(HOME), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    world
}

/// A browser at `ip` that shows the page of ada's letter.
async fn opened<'w>(world: &'w World, ip: &str) -> Visitor<'w> {
    let browser = Visitor::open(world.at(ip), &link(world, ADA)).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    browser
}

async fn try_password(browser: &Visitor<'_>, password: &str) -> u16 {
    let mut browser = browser.clone();
    browser.fill(MINE, &[("password", password)]).await;
    browser.page.status
}

async fn is_proven(world: &World) -> bool {
    let user = world.postern.find_user(&address(ADA)).await.unwrap();
    user.email_verified && user.email_proven_at.is_some()
}

#[tokio::test]
async fn the_link_and_the_password_prove_the_address_and_nothing_is_lost() {
    let world = registered().await;
    let home = world.at(HOME);
    let answer = login(&home, ADA, PASSWORD).await.expect(200);
    let mine = home.clone().bearing(answer.str("access_token"));
    let path = "/cfg/accounts/api-key/regenerate/";
    mine.post(path, &json!({})).await.expect(403);
    // The letter is read on a telephone, elsewhere.
    let mut browser = opened(&world, "203.0.113.5").await;
    for part in ["<strong>ada</strong>", &format!("<strong>{ADA}</strong>")] {
        assert!(browser.page.text.contains(part), "{}", browser.page.text);
    }
    browser.fill(MINE, &[("password", PASSWORD)]).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    assert!(browser.page.text.contains("Your address is confirmed"));
    assert!(is_proven(&world).await);
    assert!(is_signed_in(&mine).await, "the session lives");
    mine.post(path, &json!({})).await.expect(200);
    login(&home, ADA, PASSWORD).await.expect(200);
    let by_code = home.sign_in(ADA).await;
    let profile = by_code.profile().await.expect(200);
    assert_eq!(profile.str("email"), ADA);
    assert!(is_signed_in(&mine).await, "no code is a first proof now");
    login(&home, "ada", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn looking_changes_nothing_however_often() {
    let world = registered().await;
    let rows = async || {
        (
            world.dump(&world.table).await,
            world.dump(&world.audit_table).await,
        )
    };
    let (before, path) = (rows().await, link(&world, ADA));
    let scanner = world.at("203.0.113.80");
    for _ in 0..20 {
        scanner.get(&path).await.expect(200);
        let head = scanner.raw("HEAD", &path, "").await.expect(200);
        assert_eq!(head.text, "");
        scanner.get("/auth/confirm?token=x").await.expect(400);
    }
    // Nor does what no form of the page sends.
    scanner.raw("POST", &path, "").await.expect(405);
    assert!(rows().await == before);
    assert_eq!(
        try_password(&opened(&world, HOME).await, PASSWORD).await,
        200
    );
}

#[tokio::test]
async fn the_page_keeps_others_out() {
    let world = registered().await;
    let path = link(&world, ADA);
    for (path, status) in [(path.as_str(), 200), ("/auth/confirm", 400)] {
        let page = world.anyone().get(path).await.expect(status);
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(!page.text.contains("<script"));
        // Nothing is loaded but the style, and no link leads away with the token.
        for address in page.text.split("href=\"").skip(1) {
            assert!(
                address.starts_with("data:,\"") || address.starts_with("/style.css\""),
                "{address}"
            );
        }
        assert!(!page.text.contains("src="));
    }
}

#[tokio::test]
async fn a_form_of_another_browser_is_refused() {
    let world = registered().await;
    let ada = opened(&world, HOME).await;
    let eve = opened(&world, "192.0.2.66").await;
    let hers = eve.hidden(MINE);
    let token = &hers.iter().find(|(name, _)| name == "token").unwrap().1;
    for form in [MINE, NOT_MINE] {
        for wrong in ["", "x", token] {
            let mut ada = ada.clone();
            let typed = [("token", wrong), ("password", PASSWORD)];
            ada.fill(form, &typed).await;
            assert_eq!(ada.page.status, 403, "{}", ada.page.text);
            assert!(ada.page.text.contains("open the link in your letter again"));
            let frames = ada.page.header("content-security-policy");
            assert!(frames.contains("frame-ancestors"));
        }
        let mut without = ada.clone().holding("");
        without.fill(form, &[("password", PASSWORD)]).await;
        assert_eq!(without.page.status, 403);
        let forged = world.anyone().post(form, &json!({ "letter": "x" })).await;
        forged.expect(415);
    }
    assert!(!is_proven(&world).await);
    login(&world.at(HOME), ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn wrong_passwords_count_with_those_at_every_other_door() {
    let world = registered().await;
    for n in 0..3 {
        let browser = opened(&world, &format!("203.0.113.{n}")).await;
        assert_eq!(try_password(&browser, "a wrong guess").await, 400);
    }
    for n in 3..5 {
        let stranger = world.at(&format!("203.0.113.{n}"));
        login(&stranger, ADA, "a wrong guess").await.expect(401);
    }
    let mut browser = opened(&world, "203.0.113.9").await;
    browser.fill(MINE, &[("password", PASSWORD)]).await;
    assert_eq!(browser.page.status, 429, "{}", browser.page.text);
    assert_eq!(browser.page.header("retry-after"), "30");
    assert!(browser.page.text.contains("wait 30 seconds"));
    let stranger = world.at("203.0.113.10");
    login(&stranger, ADA, PASSWORD).await.expect(429);
    // Networks that the account knows have a quota of their own, here as there.
    let home = opened(&world, HOME).await;
    assert_eq!(try_password(&home, "a wrong guess").await, 400);
    login(&world.at(HOME), ADA, PASSWORD).await.expect(200);
    let warned = world.mail(ADA);
    assert!(
        warned
            .iter()
            .any(|letter| letter.subject.contains("guessing"))
    );
    assert_eq!(try_password(&home, PASSWORD).await, 200);
}

#[tokio::test]
async fn ten_wrong_ones_at_the_page_shut_every_door_of_that_password() {
    let world = registered().await;
    let away = opened(&world, "203.0.113.9").await;
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(try_password(&away, "a wrong guess").await);
        world.clock.advance(7);
    }
    assert_eq!(answers[..5], [400; 5]);
    assert!(answers[5..].contains(&429), "{answers:?}");
    let away = world.at("203.0.113.9");
    login(&away, ADA, PASSWORD).await.expect(429);
    let mut browser = Visitor::open(away, "/sign-in").await;
    browser.with_password(ADA, PASSWORD).await;
    assert_eq!(browser.page.status, 429);
}

#[tokio::test]
async fn a_locked_account_looks_like_a_wrong_password() {
    let mut looks = Vec::new();
    for locked in [false, true] {
        let world = registered().await;
        let typed = if locked { PASSWORD } else { "a wrong guess" };
        if locked {
            world.postern.lock_user(&address(ADA)).await.unwrap();
        }
        let mut browser = opened(&world, "198.51.100.1").await;
        world.tap.clear();
        browser.fill(MINE, &[("password", typed)]).await;
        assert_eq!(browser.page.status, 400);
        let calls: Vec<_> = world
            .tap
            .calls()
            .into_iter()
            .map(|call| call.operation)
            .collect();
        let mut page = browser.page.text.clone();
        for (_, secret) in browser.hidden(MINE) {
            page = page.replace(&secret, "…");
        }
        assert!(page.contains("not the account&#39;s password"), "{page}");
        looks.push((page, calls));
        let mut other = browser.clone();
        other.fill(NOT_MINE, &[]).await;
        assert_eq!(other.page.status, if locked { 400 } else { 200 });
    }
    assert_eq!(looks[0], looks[1]);
}

#[tokio::test]
async fn an_unknown_a_used_and_a_late_token_look_the_same() {
    let world = registered().await;
    let spent = link(&world, ADA);
    assert_eq!(
        try_password(&opened(&world, HOME).await, PASSWORD).await,
        200
    );
    let bob = "bob@example.com";
    let bobs = world.at("192.0.2.2");
    register(&bobs, "bob", bob, PASSWORD).await.expect(200);
    let open = Visitor::open(bobs.clone(), &link(&world, bob)).await;
    // A token that moves an account works only for its signed-in user.
    let answer = login(&bobs, bob, PASSWORD).await.expect(200);
    let bearer = bobs.clone().bearing(answer.str("access_token"));
    let change = json!({ "email": "robert@example.com" });
    bearer
        .send("PUT", "/auth/profile", &change)
        .await
        .expect(200);
    let moves = letter_token(&world, "robert@example.com");
    assert!(!world.mail("robert@example.com")[0].text.contains("https:"));
    let other = format!("/auth/confirm?token={moves}");
    let mut pages = vec![world.anyone().get(&other).await.expect(400).text];
    let moving = [("password", PASSWORD), ("letter", moves.as_str())];
    for (wait, typed) in [(0, &moving[..]), (3 * 86_400, &moving[..1])] {
        world.clock.advance(wait);
        for form in [MINE, NOT_MINE] {
            let mut browser = open.clone();
            browser.fill(form, typed).await;
            assert_eq!(browser.page.status, 400, "{}", browser.page.text);
            pages.push(browser.page.text);
        }
    }
    for path in [
        "/auth/confirm?token=x",
        "/auth/confirm",
        "/auth/confirm?token=%FF&token",
        &spent,
        &link(&world, bob),
    ] {
        pages.push(world.anyone().get(path).await.expect(400).text);
    }
    for page in &pages {
        assert_eq!(page, &pages[0]);
    }
    assert!(pages[0].contains("sends a new letter"), "{}", pages[0]);
    // What the page says about another letter holds.
    let answer = login(&bobs, bob, PASSWORD).await.expect(200);
    let bearer = bobs.clone().bearing(answer.str("access_token"));
    let same = json!({ "email": bob });
    bearer.send("PUT", "/auth/profile", &same).await.expect(200);
    let mut anew = Visitor::open(bobs, &link(&world, bob)).await;
    anew.fill(MINE, &[("password", PASSWORD)]).await;
    assert_eq!(anew.page.status, 200, "{}", anew.page.text);
}

#[tokio::test]
async fn the_token_is_spent_with_what_it_buys() {
    let world = registered().await;
    let (first, second) = (opened(&world, HOME).await, opened(&world, HOME).await);
    assert_eq!(try_password(&first, PASSWORD).await, 200);
    assert_eq!(try_password(&second, PASSWORD).await, 400);
    let mut second = second.clone();
    second.fill(NOT_MINE, &[]).await;
    assert_eq!(second.page.status, 400);
    let body = json!({ "token": letter_token(&world, ADA) });
    world
        .anyone()
        .post("/auth/confirm-email", &body)
        .await
        .expect(400);
    reset(&world.anyone(), body["token"].as_str().unwrap(), OTHER)
        .await
        .expect(400);
    login(&world.at(HOME), ADA, PASSWORD).await.expect(200);
}

/// Both answers at once, each from two browsers: what each was answered.
async fn both_at_once(world: &World) -> Vec<(&'static str, u16)> {
    let mut browsers = Vec::new();
    for (n, form) in [MINE, NOT_MINE, MINE, NOT_MINE].into_iter().enumerate() {
        let browser = opened(world, &format!("192.0.2.{}", n + 10)).await;
        browsers.push((form, browser));
    }
    join_all(browsers.into_iter().map(async |(form, mut browser)| {
        browser.fill(form, &[("password", PASSWORD)]).await;
        (form, browser.page.status)
    }))
    .await
}

#[tokio::test]
async fn of_both_answers_at_once_one_holds() {
    for _ in 0..4 {
        let world = registered().await;
        let answers = both_at_once(&world).await;
        let won: Vec<_> = answers
            .iter()
            .filter(|(_, status)| *status == 200)
            .collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        let kept = if won[0].0 == MINE { 200 } else { 401 };
        login(&world.at(HOME), ADA, PASSWORD).await.expect(kept);
        assert!(is_proven(&world).await);
    }
}

#[tokio::test]
async fn both_answers_at_once_twin_without_conditions() {
    let world = registered().await;
    world.tap.weaken("TransactWriteItems");
    let answers = both_at_once(&world).await;
    let won = answers.iter().filter(|(_, status)| *status == 200);
    assert!(won.count() > 1, "{answers:?}");
}

#[tokio::test]
async fn a_password_that_was_replaced_meanwhile_proves_nothing() {
    let world = registered().await;
    let browser = opened(&world, HOME).await;
    let answer = login(&world.at(HOME), ADA, PASSWORD).await.expect(200);
    let mine = world.at(HOME).bearing(answer.str("access_token"));
    let change = json!({ "password": OTHER });
    mine.send("PUT", "/auth/profile", &change).await.expect(200);
    assert_eq!(try_password(&browser, PASSWORD).await, 400);
    assert!(!is_proven(&world).await);
    assert_eq!(
        try_password(&browser, OTHER).await,
        200,
        "the token outlives it"
    );
}

#[tokio::test]
async fn a_password_that_has_to_be_replaced_proves_it_and_stays_so() {
    let world = registered().await;
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    let browser = opened(&world, HOME).await;
    assert_eq!(try_password(&browser, PASSWORD).await, 200);
    let user = world.postern.find_user(&address(ADA)).await.unwrap();
    assert!(user.email_verified && user.must_change_password);
    assert_eq!(user.last_login_at, None::<UnixTime>, "nobody signed in");
    login(&world.at(HOME), ADA, PASSWORD).await.expect(403);
}

#[tokio::test]
async fn what_is_not_typed_is_asked_for_in_the_readers_language() {
    let world = registered().await;
    let german = world.at(HOME).header("accept-language", "de");
    let mut browser = Visitor::open(german, &link(&world, ADA)).await;
    let said = |browser: &Visitor<'_>, part: &str| {
        let text = &browser.page.text;
        assert!(text.contains(part), "{part}: {text}");
        assert!(text.contains("<html lang=\"de\">"));
    };
    said(&browser, "Ist das Ihr Konto?");
    browser.fill(MINE, &[("password", "")]).await;
    assert_eq!(browser.page.status, 400);
    said(&browser, "Bitte tippen Sie das Passwort des Kontos ein");
    browser.fill(MINE, &[("password", "falsch")]).await;
    said(&browser, "nicht das Passwort des Kontos");
    let mut forged = browser.clone();
    forged.fill(MINE, &[("token", "x")]).await;
    said(
        &forged,
        "Bitte öffnen Sie den Link in Ihrem Brief noch einmal",
    );
    browser.fill(MINE, &[("password", PASSWORD)]).await;
    said(&browser, "Ihre Adresse ist bestätigt");
    browser.go(&link(&world, ADA)).await;
    said(&browser, "Dieser Link gilt nicht mehr");
}

#[tokio::test]
async fn a_proof_at_the_page_takes_five_round_trips_and_a_look_two() {
    let world = registered().await;
    let path = link(&world, ADA);
    world.tap.clear();
    let mut browser = Visitor::open(world.at(HOME), &path).await;
    assert_eq!(world.tap.trips(), 2);
    world.tap.clear();
    browser.fill(MINE, &[("password", PASSWORD)]).await;
    assert_eq!((browser.page.status, world.tap.trips()), (200, 5));
}

#[tokio::test]
async fn every_answer_leaves_its_event() {
    let world = registered().await;
    let browser = opened(&world, "203.0.113.9").await;
    assert_eq!(try_password(&browser, "a wrong guess").await, 400);
    assert_eq!(try_password(&browser, PASSWORD).await, 200);
    let events = world.dump(&world.audit_table).await;
    for kind in ["PASSWORD_FAILED", "EMAIL_PROVEN"] {
        let of_kind = events
            .iter()
            .filter(|event| event["kind"].as_s().unwrap() == kind);
        assert_eq!(of_kind.count(), 1, "{kind}");
    }
    let rows = format!("{:?}", world.dump(&world.table).await);
    assert!(!rows.contains(&letter_token(&world, ADA)));
}

#[tokio::test]
async fn a_site_beside_ours_cannot_send_its_form() {
    let world = registered().await;
    for (site, status) in [
        ("same-site", 403),
        ("cross-site", 403),
        ("none", 400),
        ("same-origin", 400),
    ] {
        let sender = world.at(HOME).header("sec-fetch-site", site);
        let browser = Visitor::open(sender, &link(&world, ADA)).await;
        assert_eq!(try_password(&browser, OTHER).await, status, "{site}");
    }
}

#[tokio::test]
async fn a_name_that_mail_programs_take_for_a_link_is_not_in_the_letter() {
    let world = World::new().await;
    for (name, shown) in [
        ("ada_lovelace-2", "ada_lovelace-2"),
        ("ada.example", "…"),
        ("www.example.com", "…"),
        ("a@b", "…"),
        ("example.com/pay", "…"),
        ("call:5551234", "…"),
    ] {
        let address = format!("{}@example.com", name.len());
        let made = register(&world.anyone(), name, &address, PASSWORD).await;
        if made.status == 200 {
            let letter = world.mail(&address).pop().expect("a letter").text;
            assert!(letter.contains(shown), "{name}: {letter}");
            assert!(shown == name || !letter.contains(name), "{name}: {letter}");
        }
    }
}
