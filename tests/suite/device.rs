//! `/device`: the page where people answer.

mod guessing;
mod letter;
mod password;
mod words;

use serde_json::json;
use tests::{Visitor, World};

use crate::api::{ADA, Device, refused};

async fn signed_in<'w>(world: &'w World, address: &str) -> Visitor<'w> {
    let mut browser = Visitor::open(world.anyone(), "/device").await;
    browser.sign_in(address).await;
    browser
}

#[tokio::test]
async fn a_page_keeps_others_out() {
    let world = World::new().await;
    let ada = signed_in(&world, ADA).await;
    let ada = world.anyone().header("cookie", ada.cookie());
    for path in [
        "/device",
        "/device?user_code=WDJB-MJHT&user_code=x",
        "/device?user_code=%FF",
    ] {
        let away = world.anyone().get(path).await.expect(303);
        assert_eq!(away.header("location"), "/sign-in?continue=%2Fdevice");
        let page = ada.get(path).await;
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
    }
    let refused = world
        .anyone()
        .form("/device/approve", &[])
        .await
        .expect(403);
    assert!(
        refused
            .header("content-security-policy")
            .contains("frame-ancestors")
    );
}

#[tokio::test]
async fn a_form_of_another_browser_is_refused() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let mut ada = signed_in(&world, ADA).await;
    ada.fill("/device/check", &[("user_code", &device.user_code)])
        .await;
    let eve = Visitor::open(world.at("192.0.2.66"), "/device").await;
    let hers = eve.hidden("/sign-in");
    let token = &hers.iter().find(|(name, _)| name == "token").unwrap().1;
    for wrong in ["", "x", token] {
        let mut ada = ada.clone();
        ada.fill("/device/approve", &[("token", wrong)]).await;
        assert_eq!(ada.page.status, 403, "{}", ada.page.text);
    }
    let mut without = ada.clone().holding("");
    without.fill("/device/approve", &[]).await;
    assert_eq!(without.page.status, 403);
    refused(&device.poll().await, "authorization_pending");
}

#[tokio::test]
async fn a_sign_in_makes_a_new_cookie() {
    let world = World::new().await;
    let mut browser = Visitor::open(world.anyone(), "/device").await;
    let before = browser.cookie().to_owned();
    browser.sign_in(ADA).await;
    let after = browser.cookie().to_owned();
    assert_ne!(before, after);
    let mut planted = browser.clone().holding(&before);
    planted.go("/device").await;
    assert!(!planted.page.text.contains("Signed in as"));
    browser.fill("/sign-out", &[]).await;
    assert!(!browser.page.text.contains("Signed in as"));
    let mut stolen = browser.clone().holding(&after);
    stolen.go("/device").await;
    assert!(!stolen.page.text.contains("Signed in as"));
}

#[tokio::test]
async fn a_browser_lets_a_device_in_for_ten_minutes() {
    let world = World::new().await;
    let mut browser = signed_in(&world, ADA).await;
    world.clock.advance(599);
    browser.go("/device").await;
    assert!(browser.page.text.contains("Signed in as"));
    let device = Device::asking(&world).await;
    browser
        .fill("/device/check", &[("user_code", &device.user_code)])
        .await;
    world.clock.advance(2);
    browser.fill("/device/approve", &[]).await;
    assert!(browser.page.text.contains("sign in again"));
    // The code goes along through the new sign-in.
    browser.sign_in(ADA).await;
    assert!(
        browser.page.text.contains("To approve, type the code"),
        "{}",
        browser.page.text
    );
}

#[tokio::test]
async fn a_lock_signs_the_browser_out() {
    let world = World::new().await;
    let mut browser = signed_in(&world, ADA).await;
    let address = domain::EmailAddress::parse(ADA).unwrap();
    world.postern.lock_user(&address).await.unwrap();
    browser.go("/device").await;
    assert!(!browser.page.text.contains("Signed in as"));
}

#[tokio::test]
async fn nobody_gets_a_token_of_the_browsers_session() {
    let world = World::new().await;
    signed_in(&world, ADA).await;
    let rows = world.dump(&world.table).await;
    let session = rows
        .iter()
        .find(|row| row["sk"].as_s().unwrap().starts_with("SESSION#"));
    let ends = session.unwrap()["ends_at"]
        .as_n()
        .unwrap()
        .parse::<i64>()
        .unwrap();
    assert_eq!(ends, world.now().0 + 12 * 3600);
}

#[tokio::test]
async fn a_code_from_the_link_is_typed_from_the_device() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let link = format!("/device?user_code={}", device.user_code.to_lowercase());
    let mut browser = Visitor::open(world.anyone(), &link).await;
    browser.sign_in(ADA).await;
    assert!(browser.page.text.contains("To approve, type the code"));
    let form = browser.clone();
    for wrong in ["", "WDJB-MJHT", "x"] {
        let mut browser = form.clone();
        browser
            .fill("/device/approve", &[("user_code", wrong)])
            .await;
        assert_eq!(browser.page.status, 400, "{wrong}");
    }
    refused(&device.poll().await, "authorization_pending");
    let typed = device.user_code.replace('-', " ").to_lowercase();
    browser
        .fill("/device/approve", &[("user_code", &typed)])
        .await;
    assert!(browser.page.text.contains("You can close this page"));
    device.poll().await.expect(200);
}

#[tokio::test]
async fn a_denial_needs_no_typing() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let mut browser = Visitor::open(
        world.anyone(),
        &format!("/device?user_code={}", device.user_code),
    )
    .await;
    browser.sign_in(ADA).await;
    browser
        .press("/device/approve", "/device/deny", &[("user_code", "")])
        .await;
    assert!(browser.page.text.contains("Request denied"));
    refused(&device.poll().await, "access_denied");
    browser.go("/device").await;
    browser
        .fill("/device/check", &[("user_code", &device.user_code)])
        .await;
    assert_eq!(browser.page.status, 400, "answered once");
}

#[tokio::test]
async fn the_person_is_told_what_asks_from_where_and_when() {
    let world = World::new().await;
    let here = Device::asking_from(&world, "192.0.2.1").await;
    let there = Device::asking_from(&world, "203.0.113.50").await;
    world.clock.advance(42);
    let mut browser = signed_in(&world, ADA).await;
    let mut shown = browser.clone();
    shown
        .fill("/device/check", &[("user_code", &there.user_code)])
        .await;
    let text = &shown.page.text;
    for part in [
        "203.0.113.50",
        "not your address",
        "42 seconds ago",
        "lasting key to your whole account",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    browser
        .fill("/device/check", &[("user_code", &here.user_code)])
        .await;
    let text = &browser.page.text;
    assert!(text.contains("the same address as yours") && !text.contains("not your address"));
}

#[tokio::test]
async fn what_people_mistype_is_told_on_the_page() {
    let world = World::new().await;
    let mut browser = Visitor::open(world.anyone(), "/device").await;
    browser.sign_in(ADA).await;
    browser
        .fill("/device/check", &[("user_code", "nonsense")])
        .await;
    assert_eq!(browser.page.status, 400);
    world.anyone().get("/device/nothing").await.expect(404);
    world
        .anyone()
        .send("PUT", "/device", &json!({}))
        .await
        .expect(405);
}

#[tokio::test]
async fn an_account_with_a_second_factor_shows_it() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    world.clock.advance(60);
    let device = Device::asking(&world).await;
    let link = format!("/device?user_code={}", device.user_code);
    let mut browser = Visitor::open(world.anyone(), &link).await;
    browser.with_code(ADA).await;
    assert!(!browser.page.text.contains("Signed in as"));
    let mut elsewhere = browser.clone();
    elsewhere.go("/device").await;
    assert!(
        !elsewhere.page.text.contains("Signed in as"),
        "half a sign-in is none"
    );
    let (waiting, right) = (browser.clone(), app.code(world.now()));
    for (wrong, status) in [("000000", 400), ("not-a-backup-code", 400)] {
        browser.fill("/sign-in/factor", &[("code", wrong)]).await;
        assert_eq!(browser.page.status, status);
    }
    assert!(
        browser.page.text.contains("Tries left"),
        "{}",
        browser.page.text
    );
    browser.fill("/sign-in/factor", &[("code", &right)]).await;
    assert!(
        browser.page.text.contains("To approve, type the code"),
        "{}",
        browser.page.text
    );
    let mut again = waiting.clone();
    again.fill("/sign-in/factor", &[("code", &right)]).await;
    assert_eq!(again.page.status, 400, "each sign-in completes once");
    browser
        .fill("/device/approve", &[("user_code", &device.user_code)])
        .await;
    let got = device.poll().await.expect(200);
    let device = world.anyone().bearing(got.str("access"));
    let profile = device.get("/cfg/accounts/profile/").await;
    profile.expect(200);
}

#[tokio::test]
async fn every_step_leaves_its_event() {
    let world = World::new().await;
    let _ = Device::let_in(&world, ADA).await;
    let refused = Device::asking(&world).await;
    world.clock.advance(60);
    refused.answered(ADA, "/device/deny").await;
    let events = world.dump(&world.audit_table).await;
    let kinds = |kind: &str| {
        let of_kind = events
            .iter()
            .filter(|event| event["kind"].as_s().unwrap() == kind);
        of_kind.count()
    };
    for (kind, count) in [
        ("DEVICE_REQUESTED", 2),
        ("DEVICE_APPROVED", 1),
        ("DEVICE_DENIED", 1),
        ("DEVICE_EXCHANGED", 1),
    ] {
        assert_eq!(kinds(kind), count, "{kind}");
    }
    assert!(!format!("{events:?}").contains("192.0.2."));
}

#[tokio::test]
async fn a_dump_holds_no_code_no_cookie_and_no_key() {
    let world = World::new().await;
    let pending = Device::asking(&world).await;
    let browser = signed_in(&world, ADA).await;
    world.clock.advance(60);
    let got = Device::let_in(&world, ADA).await;
    let cookie = browser.cookie().split_once('=').unwrap().1.to_owned();
    let letters = pending.user_code.replace('-', "");
    let secrets = [
        pending.code.as_str(),
        &pending.user_code,
        &letters,
        &cookie,
        got.str("management_key"),
        got.str("identity_key"),
        got.str("refresh"),
    ];
    let rows = format!("{:?}", world.dump(&world.table).await);
    assert!(rows.len() > 2000);
    for secret in secrets {
        let key = secret.strip_prefix("ravi_");
        let random = key.and_then(|key| key.split_once('_'));
        let secret = random.map_or(secret, |(_, random)| random);
        assert!(!rows.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn four_digits_of_an_administrator_let_no_device_in() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    world
        .set_user(ADA, |user| user.role = domain::account::Role::Admin)
        .await;
    let device = Device::asking(&world).await;
    let mut browser = signed_in(&world, ADA).await;
    let typed = [("user_code", device.user_code.as_str())];
    browser.fill("/device/check", &typed).await;
    browser.fill("/device/approve", &[]).await;
    assert!(
        browser.page.text.contains("A code alone"),
        "{}",
        browser.page.text
    );
    // To refuse one takes nothing.
    world.clock.advance(61);
    let link = format!("/device?user_code={}", device.user_code);
    let mut browser = Visitor::open(world.anyone(), &link).await;
    browser.sign_in(ADA).await;
    let to = ("/device/approve", "/device/deny");
    browser.press(to.0, to.1, &[("user_code", "")]).await;
    assert!(browser.page.text.contains("Request denied"));
}
